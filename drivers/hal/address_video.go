package hal

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/drivers/hal/v4l2"
)

// maxStreams bounds the cameras of one address.
const maxStreams = 4

// parseVideo reads the nodes of cameras, or vendor:product of a USB camera and which of its streams are meant.
func parseVideo(whole, rest string) (Address, error) {
	if strings.HasPrefix(rest, "/") {
		nodes := strings.Split(rest, ",")
		if strings.Contains(rest, "?") || len(nodes) > maxStreams || slices.ContainsFunc(nodes, func(n string) bool { return !strings.HasPrefix(n, "/") || len(n) < 2 }) {
			return Address{}, badAddress(whole, "it is not one to four paths like /dev/video0,/dev/video2")
		}
		return Address{Scheme: SchemeVideo, Target: rest}, nil
	}
	pair, query, _ := strings.Cut(rest, "?")
	settings, err := url.ParseQuery(query)
	if err != nil {
		return Address{}, badAddress(whole, "its settings cannot be read")
	}
	streams := settings.Get("streams")
	settings.Del("streams")
	if settings.Has("interface") {
		return Address{}, badAddress(whole, "a camera has streams, not interfaces")
	}
	if _, ok := streamList(streams); !ok {
		return Address{}, badAddress(whole, "streams is not like 0,1")
	}
	if len(settings) > 0 {
		pair += "?" + settings.Encode()
	}
	a, err := parseUSB(whole, SchemeVideo, pair)
	a.Streams = streams
	return a, err
}

func streamList(s string) ([]int, bool) {
	if s == "" {
		return nil, true
	}
	var out []int
	for w := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n > 15 || slices.Contains(out, n) {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) <= maxStreams
}

func (a Address) videoString() string {
	if strings.HasPrefix(a.Target, "/") {
		return a.Scheme + ":" + a.Target
	}
	s := a.usbString()
	if a.Streams == "" {
		return s
	}
	if strings.Contains(s, "?") {
		return s + "&streams=" + a.Streams
	}
	return s + "?streams=" + a.Streams
}

// cameras is the address as the kernel's cameras are asked for it; ParseAddress has checked the forms.
func (a Address) cameras() v4l2.Wanted {
	if strings.HasPrefix(a.Target, "/") {
		return v4l2.Wanted{Nodes: strings.Split(a.Target, ",")}
	}
	streams, _ := streamList(a.Streams)
	return v4l2.Wanted{USB: a.wanted(), Streams: streams}
}
