package hal

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]Address{
		"/dev/pts/3":                            {Scheme: SchemeSerial, Target: "/dev/pts/3", Baud: 115200, Frame: "8N1"},
		"serial:/dev/ttyUSB0":                   {Scheme: SchemeSerial, Target: "/dev/ttyUSB0", Baud: 115200, Frame: "8N1"},
		"serial:/dev/ttyS1?baud=9600&frame=7E1": {Scheme: SchemeSerial, Target: "/dev/ttyS1", Baud: 9600, Frame: "7E1"},
		"COM3":                                  {Scheme: SchemeSerial, Target: "COM3", Baud: 115200, Frame: "8N1"},
		"/dev/serial/by-id/usb-1a86:7523-if00":  {Scheme: SchemeSerial, Target: "/dev/serial/by-id/usb-1a86:7523-if00", Baud: 115200, Frame: "8N1"},
		"serial:0403:6001":                      {Scheme: SchemeSerial, Target: "0403:6001", Baud: 115200, Frame: "8N1"},
		"serial:1A86:7523?serial=A&baud=9600&frame=7E1&interface=2": {Scheme: SchemeSerial, Target: "1a86:7523", Baud: 9600, Frame: "7E1", Serial: "A", Interface: "2"},
		"tcp:127.0.0.1:9100":                   {Scheme: SchemeTCP, Target: "127.0.0.1:9100"},
		"tcp://printer:9100":                   {Scheme: SchemeTCP, Target: "printer:9100"},
		"ipp://10.0.0.8/ipp/print":             {Scheme: SchemeHTTP, Target: "http://10.0.0.8:631/ipp/print"},
		"ipps://10.0.0.8:443/ipp/print":        {Scheme: SchemeHTTP, Target: "https://10.0.0.8:443/ipp/print"},
		"http://10.0.0.9:8080/eSCL":            {Scheme: SchemeHTTP, Target: "http://10.0.0.9:8080/eSCL"},
		"usb:0400:c35a":                        {Scheme: SchemeUSB, Target: "0400:c35a"},
		"usb:0400:C35A?path=1-2.3&interface=1": {Scheme: SchemeUSB, Target: "0400:c35a", Path: "1-2.3", Interface: "1"},
		"usb:04b8:0202?serial=A%261":           {Scheme: SchemeUSB, Target: "04b8:0202", Serial: "A&1"},
		"ippusb:03f0:1234?serial=A1":           {Scheme: SchemeWeb, Target: "03f0:1234", Serial: "A1"},
		"keys:05e0:1200":                       {Scheme: SchemeKeys, Target: "05e0:1200"},
		"hid:0400:c35a":                        {Scheme: SchemeHID, Target: "0400:c35a"},
		"hid:05e0:1300?as=reports&path=1-4":    {Scheme: SchemeHID, Target: "05e0:1300", Path: "1-4", Reports: true},
		"usage:000D:0002":                      {Scheme: SchemeUsage, Target: "000d:0002", Reports: true},
		"usage:000d:0002?path=1-4":             {Scheme: SchemeUsage, Target: "000d:0002", Path: "1-4", Reports: true},
		"sound:default":                        {Scheme: SchemeSound, Target: "default"},
		"sound:plughw:1,0":                     {Scheme: SchemeSound, Target: "plughw:1,0"},
		"screen:HDMI-A-1?root=/tmp/m":          {Scheme: SchemeScreen, Target: "HDMI-A-1", Root: "/tmp/m"},
		"pcsc:":                                {Scheme: SchemePCSC},
		"pcsc:HID [5022] (1) 00 00":            {Scheme: SchemePCSC, Target: "HID [5022] (1) 00 00"},
		"pcsc:ACS?socket=/run/a b/pc.comm":     {Scheme: SchemePCSC, Target: "ACS", Socket: "/run/a b/pc.comm"},
		"v4l2:/dev/video0":                     {Scheme: SchemeVideo, Target: "/dev/video0"},
		"v4l2:/dev/video0,/dev/video2":         {Scheme: SchemeVideo, Target: "/dev/video0,/dev/video2"},
		"v4l2:/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0": {Scheme: SchemeVideo, Target: "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0"},
		"v4l2:046D:082d":                              {Scheme: SchemeVideo, Target: "046d:082d"},
		"v4l2:046d:085e?path=1-2.3&streams=0,1":       {Scheme: SchemeVideo, Target: "046d:085e", Path: "1-2.3", Streams: "0,1"},
		"sane:epson2:net:192.168.8.30":                {Scheme: SchemeSane, Target: "epson2:net:192.168.8.30"},
		"program:/opt/vendor/fp-bridge":               {Scheme: SchemeProgram, Target: "/opt/vendor/fp-bridge"},
		"tape:../firmware-profiles/testdata/any.tape": {Scheme: SchemeTape, Target: "../firmware-profiles/testdata/any.tape"},
	} {
		got, err := ParseAddress(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
		if again, err := ParseAddress(got.String()); err != nil || again != got {
			t.Errorf("%s: written as %s, read as %+v %v", in, got, again, err)
		}
	}
	for _, in := range []string{
		"", "sane:", "sane:-L", "program:", "program:fp", "program:../fp", "program:/opt/fp?x=1", "serial:", "serial:/dev/x?bauds=1", "serial:/dev/x?baud=fast", "serial:/dev/x?baud=10",
		"/dev/x?path=1-2", "serial:0403:6001?path=..", "serial:0403:6001?interface=x", "serial:0403:6001?as=reports", "serial:0403:6001?baud=1",
		"/dev/x?frame=8X1", "tcp:printer", "tcp:printer:", "usb:1:2", "usb:", "usb:0400", "usb:04000:c35a", "usb:0400:c35a?path=../x", "usb:0400:c35a?interface=-1", "usb:0400:c35a?color=red", "usb:0400:c35a?as=reports", "hid:0400:c35a?as=x", "usage:pen", "usage:0d:02", "usage:000d:0002?as=reports", "http:///eSCL", "ftp:x", "sound:", "screen:../card0", "screen:DP-1?root=x", "screen:DP-1?size=21",
		"v4l2:", "v4l2:video0", "v4l2:/dev/video0?streams=1", "v4l2:/dev/video0,video1", "v4l2:046d:082d?streams=a", "v4l2:046d:082d?streams=0,1,2,3,4", "v4l2:046d:082d?interface=1", "v4l2:046d:082d?as=reports",
	} {
		if a, err := ParseAddress(in); err == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
			t.Errorf("%q: %+v %v", in, a, err)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"serial:/dev/pts/3?baud=115200", "tcp:127.0.0.1:9100", "/dev/ttyUSB0", "http://a/b", "tape:x", "serial:?", ":", "usb:0400:c35a?path=1-2&serial=x", "screen:HDMI-A-1?root=/x", "pcsc:A 00 00?socket=/run/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			return
		}
		if a.Target == "" && a.Scheme != SchemeTape && a.Scheme != SchemePCSC { // any reader of the service
			t.Errorf("%q: no target", s)
		}
	})
}
