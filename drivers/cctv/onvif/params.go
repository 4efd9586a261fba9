package onvif

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"os"
	"strings"

	"tongban/drivers"
	"tongban/drivers/cctv/digest"
)

// config is the decoded settings.
type config struct {
	stream string
	who    digest.Credentials
	masks  []mask
}

// mask is a rectangle that nobody sees (隐私遮挡区), in parts of the picture.
type mask struct{ left, top, right, bottom float64 }

const maxMasks = 16

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen, and a mask that is read
// wrong shows what it should hide.
func decode(params drivers.Params) (config, error) {
	var c config
	file := ""
	for k, v := range params {
		var err error
		switch k {
		case "stream":
			c.stream, err = text(v)
			if err == nil && !strings.HasPrefix(c.stream, "/") {
				err = errors.New("a path begins with /")
			}
		case "user":
			c.who.User, err = text(v)
		case "password_file":
			file, err = text(v)
		case "masks":
			c.masks, err = masks(v)
		default:
			err = errors.New("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	if (file == "") != (c.who.User == "") {
		return config{}, errors.New("settings user and password_file go together")
	}
	if file != "" {
		b, err := os.ReadFile(file) //nolint:gosec // a path of the configuration
		if err != nil {
			return config{}, fmt.Errorf("setting password_file: %w", err)
		}
		c.who.Password = strings.TrimRight(string(b), "\r\n")
	}
	return c, nil
}

func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok || s == "" {
		return "", fmt.Errorf("%v is no text", v)
	}
	return s, nil
}

func masks(v any) ([]mask, error) {
	list, ok := v.([]any)
	if !ok || len(list) > maxMasks {
		return nil, fmt.Errorf("%v is no list of up to %d masks", v, maxMasks)
	}
	var out []mask
	for _, x := range list {
		sides, ok := x.([]any)
		if !ok || len(sides) != 4 {
			return nil, fmt.Errorf("%v is not left, top, right and bottom", x)
		}
		var n [4]float64
		for i, s := range sides {
			f, ok := part(s)
			if !ok {
				return nil, fmt.Errorf("%v is not between 0 and 1", s)
			}
			n[i] = f
		}
		m := mask{n[0], n[1], n[2], n[3]}
		if m.left >= m.right || m.top >= m.bottom {
			return nil, fmt.Errorf("%v hides nothing", x)
		}
		out = append(out, m)
	}
	return out, nil
}

func part(v any) (float64, bool) {
	var f float64
	switch n := v.(type) {
	case float64:
		f = n
	case int:
		f = float64(n)
	case uint64:
		f = float64(n)
	default:
		return 0, false
	}
	return f, f >= 0 && f <= 1
}

// Bounds of a picture: a JPEG of a few bytes can claim gigabytes.
const (
	maxPixels   = 40_000_000
	jpegQuality = 88
)

// masked makes a frame of a picture, with the masks over it. A picture that cannot be masked is none: it is looked at to its last point either way.
func (c config) masked(raw []byte) (drivers.Frame, error) {
	noImage := func(err error) error {
		return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: "camera sends no whole JPEG picture", Cause: err}
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return drivers.Frame{}, noImage(err)
	}
	if size.Width < 16 || size.Height < 16 || size.Width*size.Height > maxPixels {
		return drivers.Frame{}, noImage(fmt.Errorf("%d×%d points", size.Width, size.Height))
	}
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return drivers.Frame{}, noImage(err)
	}
	if len(c.masks) == 0 {
		return drivers.Frame{JPEG: raw, Width: size.Width, Height: size.Height}, nil
	}
	out := image.NewRGBA(image.Rect(0, 0, size.Width, size.Height))
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	for _, m := range c.masks {
		draw.Draw(out, m.in(out.Rect), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return drivers.Frame{}, noImage(err)
	}
	return drivers.Frame{JPEG: b.Bytes(), Width: size.Width, Height: size.Height}, nil
}

// in is the mask in points, to the outer side: a point that is hidden in part is hidden.
func (m mask) in(r image.Rectangle) image.Rectangle {
	w, h := float64(r.Dx()), float64(r.Dy())
	return image.Rect(int(math.Floor(m.left*w)), int(math.Floor(m.top*h)), int(math.Ceil(m.right*w)), int(math.Ceil(m.bottom*h)))
}
