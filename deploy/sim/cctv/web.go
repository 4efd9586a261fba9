package cctv

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

func (c *Camera) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /onvif/device_service", c.soap)
	mux.HandleFunc("POST /onvif/media", c.soap)
	mux.HandleFunc("GET /snap/{place}", c.still)
	mux.HandleFunc("GET /mjpeg", c.stream)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := c.faults.Strike("silent", ""); ok {
			<-r.Context().Done()
			return
		}
		if p, ok := c.faults.On("slow"); ok {
			select {
			case <-time.After(time.Duration(p.Value) * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// request is what it understands; names stand in their namespaces, so that a wrong one is found here and not in the field.
type request struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  struct {
		Security struct {
			Token *token `xml:"UsernameToken"`
		} `xml:"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd Security"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body struct {
		Who      *struct{} `xml:"http://www.onvif.org/ver10/device/wsdl GetDeviceInformation"`
		Can      *struct{} `xml:"http://www.onvif.org/ver10/device/wsdl GetCapabilities"`
		When     *struct{} `xml:"http://www.onvif.org/ver10/device/wsdl GetSystemDateAndTime"`
		Profiles *struct{} `xml:"http://www.onvif.org/ver10/media/wsdl GetProfiles"`
		Snapshot *struct {
			Token string `xml:"http://www.onvif.org/ver10/media/wsdl ProfileToken"`
		} `xml:"http://www.onvif.org/ver10/media/wsdl GetSnapshotUri"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type token struct {
	User    string `xml:"Username"`
	Sum     string `xml:"Password"`
	Nonce   string `xml:"Nonce"`
	Created string `xml:"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd Created"`
}

func (c *Camera) soap(w http.ResponseWriter, r *http.Request) {
	if _, ok := c.faults.On("garbage"); ok {
		_, _ = io.WriteString(w, "\x00\x01<<<")
		return
	}
	if _, ok := c.faults.On("busy"); ok {
		reply(w, http.StatusBadRequest, `<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">busy</s:Text></s:Reason></s:Fault>`)
		return
	}
	var q request
	if err := xml.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&q); err != nil {
		reply(w, http.StatusBadRequest, `<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">no envelope</s:Text></s:Reason></s:Fault>`)
		return
	}
	if q.Body.When != nil { // told to everybody: who signs a request needs it first
		reply(w, 200, c.clock())
		return
	}
	if !c.known(q) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	host := "http://10.255.255.1" // as cameras behind a router do: it does not know how it is reached
	switch {
	case q.Body.Who != nil:
		reply(w, 200, `<tds:GetDeviceInformationResponse xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><tds:Manufacturer>Tongban Sim</tds:Manufacturer><tds:Model>Wide 5MP</tds:Model><tds:FirmwareVersion>1.2</tds:FirmwareVersion><tds:SerialNumber>SIMCCTV0001</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>`)
	case q.Body.Can != nil:
		reply(w, 200, `<tds:GetCapabilitiesResponse xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><tds:Capabilities><tt:Media><tt:XAddr>`+host+`/onvif/media</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>`)
	case q.Body.Profiles != nil:
		reply(w, 200, `<trt:GetProfilesResponse xmlns:trt="http://www.onvif.org/ver10/media/wsdl"><trt:Profiles token="main&amp;1" fixed="true"/></trt:GetProfilesResponse>`)
	case q.Body.Snapshot != nil && q.Body.Snapshot.Token == "main&1":
		reply(w, 200, `<trt:GetSnapshotUriResponse xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><trt:MediaUri><tt:Uri>`+host+`/snap/`+c.place()+`?channel=1</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`)
	default:
		reply(w, http.StatusBadRequest, `<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang="en">not implemented</s:Text></s:Reason></s:Fault>`)
	}
}

// clock is its time, with what is pressed.
func (c *Camera) clock() string {
	now := time.Now().UTC()
	if p, ok := c.faults.On("clock"); ok {
		now = now.Add(time.Duration(p.Value) * time.Second)
	}
	return fmt.Sprintf(`<tds:GetSystemDateAndTimeResponse xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:UTCDateTime><tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time><tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
		now.Hour(), now.Minute(), now.Second(), now.Year(), now.Month(), now.Day())
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`+body+`</s:Body></s:Envelope>`)
}

// place is where its stills are; after an update they are elsewhere.
func (c *Camera) place() string {
	if _, ok := c.faults.On("moved"); ok {
		return "b"
	}
	return "a"
}

// known checks the sum in the head of a request: of the number, the time and the password. A number is taken once.
func (c *Camera) known(q request) bool {
	if _, ok := c.faults.On("denied"); ok {
		return false
	}
	if c.User == "" {
		return true
	}
	t := q.Header.Security.Token
	if t == nil || t.User != c.User {
		return false
	}
	nonce, err := base64.StdEncoding.DecodeString(t.Nonce)
	at, terr := time.Parse(time.RFC3339, t.Created)
	if err != nil || terr != nil || time.Since(at).Abs() > time.Minute {
		return false
	}
	c.mu.Lock()
	used := c.nonces[t.Nonce]
	c.nonces[t.Nonce] = true
	c.mu.Unlock()
	sum := sha1.Sum([]byte(string(nonce) + t.Created + c.Password))
	return !used && base64.StdEncoding.EncodeToString(sum[:]) == t.Sum
}

var field = regexp.MustCompile(`(\w+)="?([^",]*)"?`)

// allowed asks for name and password, and checks the answer.
func (c *Camera) allowed(w http.ResponseWriter, r *http.Request) bool {
	_, denied := c.faults.On("denied")
	if c.User == "" && !denied {
		return true
	}
	f := map[string]string{}
	for _, m := range field.FindAllStringSubmatch(strings.TrimPrefix(r.Header.Get("Authorization"), "Digest "), -1) {
		f[m[1]] = m[2]
	}
	c.mu.Lock()
	asked := c.nonces[f["nonce"]]
	delete(c.nonces, f["nonce"])
	c.mu.Unlock()
	of := func(s string) string { x := md5.Sum([]byte(s)); return hex.EncodeToString(x[:]) }
	want := of(of(c.User+":cctv:"+c.Password) + ":" + f["nonce"] + ":" + f["nc"] + ":" + f["cnonce"] + ":auth:" + of(r.Method+":"+r.URL.RequestURI()))
	if asked && !denied && f["username"] == c.User && f["uri"] == r.URL.RequestURI() && f["response"] == want {
		return true
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	nonce := hex.EncodeToString(b)
	c.mu.Lock()
	c.nonces[nonce] = true
	c.mu.Unlock()
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Digest realm="cctv", qop="auth", nonce="%s", algorithm=MD5`, nonce))
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

func (c *Camera) still(w http.ResponseWriter, r *http.Request) {
	if !c.allowed(w, r) {
		return
	}
	if r.PathValue("place") != c.place() || r.URL.Query().Get("channel") != "1" {
		http.NotFound(w, r)
		return
	}
	if _, ok := c.faults.Strike("busy", ""); ok {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if _, ok := c.faults.Strike("fail", ""); ok {
		http.Error(w, "sensor", http.StatusInternalServerError)
		return
	}
	c.mu.Lock()
	c.shots++
	n := c.shots
	c.mu.Unlock()
	b, err := c.picture(stillW, stillH, n)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(c.spoilt(b))
}

// spoilt is a picture with what is pressed.
func (c *Camera) spoilt(b []byte) []byte {
	if _, ok := c.faults.Strike("half", ""); ok {
		return b[:len(b)/2]
	}
	if _, ok := c.faults.Strike("garbage", ""); ok {
		return []byte("\x00\x01\x02 no picture")
	}
	return b
}

func (c *Camera) stream(w http.ResponseWriter, r *http.Request) {
	if !c.allowed(w, r) {
		return
	}
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=--frame")
	for n := 0; ; n++ {
		if _, ok := c.faults.On("stall"); ok {
			<-r.Context().Done()
			return
		}
		b, err := c.picture(movingW, movingH, n)
		if err != nil {
			return
		}
		b = c.spoilt(b)
		if _, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(b), b); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(pace):
		}
	}
}
