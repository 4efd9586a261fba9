package rig

import (
	"cmp"
	"slices"

	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/video"
)

// eyes brings up the cameras that look at people.
func (t *Terminal) eyes(c Config, r *Ready) (devices []control.Device, _ error) {
	if slices.Contains(c.Kinds, video.Kind) {
		t.Face = video.NewFace(cmp.Or(c.FaceTCP, "127.0.0.1:0"), t.Log)
		if err := t.up(video.Kind, t.Face); err != nil {
			return nil, err
		}
		r.Face = t.Face.Path()
		devices = append(devices, t.Face)
	}
	if slices.Contains(c.Kinds, cctv.Kind) {
		t.CCTV = cctv.New(c.CCTVUser, c.CCTVPassword)
		if c.CCTVTCP != "" {
			t.CCTV.At(c.CCTVTCP)
		}
		d := cctv.Device{Camera: t.CCTV}
		if err := t.up(cctv.Kind, d); err != nil {
			return nil, err
		}
		r.CCTV = t.CCTV.URL()
		devices = append(devices, d)
	}
	return devices, nil
}
