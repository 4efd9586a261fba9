package uvc

import (
	"fmt"
	"slices"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// config is the decoded settings.
type config struct {
	streams            []drivers.Stream
	width, height, fps int
	controls           []v4l2.Setting
}

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decode(params drivers.Params) (config, error) {
	c := config{streams: []drivers.Stream{drivers.StreamVisible}, width: 640, height: 480}
	for k, v := range params {
		var err error
		switch k {
		case "streams":
			c.streams, err = streams(v)
		case "width":
			c.width, err = number(v)
		case "height":
			c.height, err = number(v)
		case "fps":
			c.fps, err = number(v)
		case "controls":
			c.controls, err = v4l2.Settings(v)
		default:
			err = fmt.Errorf("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	return c, nil
}

func number(v any) (int, error) {
	n, ok := v4l2.Whole(v)
	if !ok || n < 1 || n > 10_000 {
		return 0, fmt.Errorf("%v is no number of points or pictures", v)
	}
	return n, nil
}

func streams(v any) ([]drivers.Stream, error) {
	var words []any
	switch x := v.(type) {
	case []any:
		words = x
	case []string:
		for _, s := range x {
			words = append(words, s)
		}
	}
	var out []drivers.Stream
	for _, w := range words {
		s, _ := w.(string)
		x := drivers.Stream(s)
		if x != drivers.StreamVisible && x != drivers.StreamInfrared || slices.Contains(out, x) {
			return nil, fmt.Errorf("%v is not visible or infrared, each once", w)
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%v names no streams", v)
	}
	return out, nil
}

// choose takes the smallest mode that gives what is asked for; compressed by the camera where there is a choice, because USB 2.0
// carries two uncompressed streams of this size only at a few pictures a second.
func (c config) choose(modes []v4l2.Mode) (v4l2.Mode, bool) {
	order := map[string]int{v4l2.MJPEG: 1, v4l2.Grey: 2, v4l2.YUYV: 3}
	best, found := v4l2.Mode{}, false
	for _, m := range modes {
		if order[m.Layout] == 0 || m.Width < c.width || m.Height < c.height || m.FPS > 0 && m.FPS < float64(c.fps)-0.1 {
			continue
		}
		if !found || m.Pixels() < best.Pixels() || m.Pixels() == best.Pixels() && order[m.Layout] < order[best.Layout] {
			best, found = m, true
		}
	}
	if found && c.fps > 0 && best.FPS > float64(c.fps) {
		best.FPS = float64(c.fps)
	}
	return best, found
}
