package app

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"net/http"

	"tongban/agent/ink"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire/matter"
)

// Sign takes one person's strokes for the sentence that stands above the box.
func (a *App) Sign(id string, in screen.Sign) error {
	img, err := a.written(in)
	if err == nil {
		err = a.sign(id, in, img)
	}
	if !in.Pad {
		return err
	}
	if err != nil {
		a.pen.Clear()
	} else {
		a.pen.End()
	}
	return err
}

// written is the picture of what was written, on the screen or on the pad.
func (a *App) written(in screen.Sign) (*image.Gray, error) {
	var img *image.Gray
	var err error
	if in.Pad {
		img, err = a.fromPad()
	} else {
		img, err = ink.Draw(in.Width, in.Height, in.Strokes)
	}
	switch {
	case errors.Is(err, ink.ErrSmall):
		return nil, problem(http.StatusUnprocessableEntity, "screen.sign_small", "签名太小了，请在框里写大些", nil)
	case errors.Is(err, ink.ErrStrokes):
		return nil, problem(http.StatusUnprocessableEntity, "screen.strokes", "签名没有收到，请擦掉重写一次", nil)
	}
	return img, err
}

func (a *App) sign(id string, in screen.Sign, img *image.Gray) error {
	var text bytes.Buffer
	if err := png.Encode(&text, img); err != nil {
		return err
	}
	return a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		for _, g := range matter.Signers(&m.Item, m.Answers) {
			if g.Role != in.Role {
				continue
			}
			if signer(v, g) == nil {
				return problem(http.StatusConflict, "screen.signer_unread", "请"+g.Label+"先刷自己的身份证", nil)
			}
			s := &session.Signature{At: a.o.Clock.Now(), Statement: g.Statement, Name: "sign-" + g.Role}
			var err error
			if s.File, err = v.Folder.Put(s.Name, text.Bytes(), "image/png"); err != nil {
				return err
			}
			m.Signed[in.Role] = s
			if v.Reader != nil && v.Reader.Phase == session.Read {
				v.Reader = nil
			}
			return nil
		}
		return problem(http.StatusUnprocessableEntity, "screen.no_signer", "这件事不需要这个人签名", nil)
	})
}

// Unsign is 擦掉重写.
func (a *App) Unsign(id string, in screen.Unsign) error {
	return a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		s := m.Signed[in.Role]
		if s == nil {
			return nil
		}
		delete(m.Signed, in.Role)
		return v.Folder.Delete(s.Name)
	})
}

// SignaturePicture returns a signature as PNG.
func (a *App) SignaturePicture(role string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.visit; v != nil && v.Matter != nil && v.Matter.Signed[role] != nil {
		s := v.Matter.Signed[role]
		return picture(v, s.Name, s.File)
	}
	return nil, problem(http.StatusNotFound, "screen.no_signature", "还没有签名", nil)
}
