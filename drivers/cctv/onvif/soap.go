package onvif

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the method of the UsernameToken profile
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"time"

	"tongban/drivers"
)

// Names of the protocol.
const (
	envelopeNS = "http://www.w3.org/2003/05/soap-envelope"
	deviceNS   = "http://www.onvif.org/ver10/device/wsdl"
	mediaNS    = "http://www.onvif.org/ver10/media/wsdl"
	securityNS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	utilityNS  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	digestType = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
)

// answer is what the driver needs of the answers. Names are matched without their namespace: makers differ in prefixes, and
// nothing here is ambiguous.
type answer struct {
	XMLName     xml.Name `xml:"Envelope"`
	Information struct {
		Maker    string `xml:"Manufacturer"`
		Model    string `xml:"Model"`
		Firmware string `xml:"FirmwareVersion"`
		Serial   string `xml:"SerialNumber"`
	} `xml:"Body>GetDeviceInformationResponse"`
	Media    string `xml:"Body>GetCapabilitiesResponse>Capabilities>Media>XAddr"`
	Profiles []struct {
		Token string `xml:"token,attr"`
	} `xml:"Body>GetProfilesResponse>Profiles"`
	Snapshot string `xml:"Body>GetSnapshotUriResponse>MediaUri>Uri"`
	UTC      *utc   `xml:"Body>GetSystemDateAndTimeResponse>SystemDateAndTime>UTCDateTime"`
	Fault    *struct {
		Reason string `xml:"Reason>Text"`
	} `xml:"Body>Fault"`
}

// utc is the camera's time.
type utc struct {
	Hour   int `xml:"Time>Hour"`
	Minute int `xml:"Time>Minute"`
	Second int `xml:"Time>Second"`
	Year   int `xml:"Date>Year"`
	Month  int `xml:"Date>Month"`
	Day    int `xml:"Date>Day"`
}

// when is that time; one whose parts are out of range is none, whatever a calendar would make of it.
func (u utc) when() (time.Time, error) {
	t := time.Date(u.Year, time.Month(u.Month), u.Day, u.Hour, u.Minute, min(u.Second, 59), 0, time.UTC) // 60 is a leap second
	if u.Year < 1970 || u.Year > 9999 || u.Second > 60 || u.Second < 0 || t.Month() != time.Month(u.Month) || t.Day() != u.Day || t.Hour() != u.Hour || t.Minute() != u.Minute {
		return time.Time{}, protocol(errors.New("a time that there is not"))
	}
	return t, nil
}

// time asks for the camera's clock.
func (w *web) time(ctx context.Context, now time.Time) (time.Time, error) {
	a, err := w.call(ctx, now, w.base.Path, `<GetSystemDateAndTime xmlns="`+deviceNS+`"/>`)
	if err != nil {
		return time.Time{}, err
	}
	if a.UTC == nil { // the standard leaves it to the camera whether it tells
		return time.Time{}, &drivers.Error{Code: drivers.CodeUnsupported, Detail: "the camera does not tell its time"}
	}
	return a.UTC.when()
}

// ask asks who the camera is and where its stills are.
func (w *web) ask(ctx context.Context, now time.Time) (drivers.Info, string, error) {
	info, err := w.information(ctx, now)
	if err != nil {
		return drivers.Info{}, "", err
	}
	a, err := w.call(ctx, now, w.base.Path, `<GetCapabilities xmlns="`+deviceNS+`"><Category>Media</Category></GetCapabilities>`)
	if err != nil {
		return drivers.Info{}, "", err
	}
	media, err := ownPath(a.Media)
	if err != nil {
		return drivers.Info{}, "", err
	}
	if a, err = w.call(ctx, now, media, `<GetProfiles xmlns="`+mediaNS+`"/>`); err != nil {
		return drivers.Info{}, "", err
	}
	if len(a.Profiles) == 0 || a.Profiles[0].Token == "" {
		return drivers.Info{}, "", protocol(errors.New("the camera has no media profile"))
	}
	var token bytes.Buffer
	if err := xml.EscapeText(&token, []byte(a.Profiles[0].Token)); err != nil {
		return drivers.Info{}, "", protocol(err)
	}
	if a, err = w.call(ctx, now, media, `<GetSnapshotUri xmlns="`+mediaNS+`"><ProfileToken>`+token.String()+`</ProfileToken></GetSnapshotUri>`); err != nil {
		return drivers.Info{}, "", err
	}
	still, err := ownPath(a.Snapshot)
	return info, still, err
}

func (w *web) information(ctx context.Context, now time.Time) (drivers.Info, error) {
	a, err := w.call(ctx, now, w.base.Path, `<GetDeviceInformation xmlns="`+deviceNS+`"/>`)
	if err != nil {
		return drivers.Info{}, err
	}
	i := a.Information
	if i.Model == "" {
		return drivers.Info{}, protocol(errors.New("the camera does not say who it is"))
	}
	return drivers.Info{Kind: drivers.KindCCTV, Driver: Name, Model: i.Maker + " " + i.Model, Serial: i.Serial, Firmware: i.Firmware}, nil
}

// ownPath is path and query of an address that the camera gives, whatever host it believes to be.
func ownPath(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || len(u.Path) < 2 || u.Path[0] != '/' || u.Path[1] == '/' {
		return "", protocol(errors.New("an address without a path"))
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).RequestURI(), nil
}

func (w *web) call(ctx context.Context, now time.Time, path, body string) (answer, error) {
	head, err := w.security(now)
	if err != nil {
		return answer{}, err
	}
	envelope := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<s:Envelope xmlns:s="` + envelopeNS + `">` + head + `<s:Body>` + body + `</s:Body></s:Envelope>`
	res, err := w.do(ctx, http.MethodPost, path, []byte(envelope))
	if err != nil {
		return answer{}, err
	}
	defer closeBody(res)
	b, err := readAll(ctx, res.Body, maxXML)
	if err != nil {
		return answer{}, err
	}
	if res.StatusCode == http.StatusUnauthorized {
		return answer{}, denied()
	}
	return parse(b)
}

// parse reads an answer. A fault is the camera's word that it does not do what it was asked.
func parse(b []byte) (answer, error) {
	var a answer
	if err := xml.Unmarshal(b, &a); err != nil {
		return answer{}, protocol(err)
	}
	if a.Fault != nil {
		return answer{}, &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonProtocol, Detail: "camera refuses: " + a.Fault.Reason}
	}
	return a, nil
}

// security is the head that names the caller, with a sum instead of the password.
func (w *web) security(now time.Time) (string, error) {
	if w.who.User == "" {
		return "", nil
	}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return "", &drivers.Error{Code: drivers.CodeInternalError, Detail: "draw a number", Cause: err}
	}
	created := now.UTC().Format("2006-01-02T15:04:05.000Z")
	var user bytes.Buffer
	if err := xml.EscapeText(&user, []byte(w.who.User)); err != nil {
		return "", protocol(err)
	}
	return `<s:Header><Security xmlns="` + securityNS + `"><UsernameToken><Username>` + user.String() + `</Username><Password Type="` + digestType + `">` +
		tokenSum(nonce, created, w.who.Password) + `</Password><Nonce>` + base64.StdEncoding.EncodeToString(nonce) + `</Nonce><Created xmlns="` + utilityNS + `">` + created +
		`</Created></UsernameToken></Security></s:Header>`, nil
}

func tokenSum(nonce []byte, created, password string) string {
	sum := sha1.Sum(append(append(bytes.Clone(nonce), created...), password...)) //nolint:gosec // the method of the UsernameToken profile
	return base64.StdEncoding.EncodeToString(sum[:])
}

func protocol(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: "answer is not that of ONVIF", Cause: err}
}

func denied() error {
	return &drivers.Error{Code: drivers.CodeInternalError, Reason: drivers.ReasonDenied, Detail: "the camera does not take name and password of the profile"}
}
