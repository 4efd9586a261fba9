package camera

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	scanNS = "http://schemas.hp.com/imaging/escl/2011/05/03"
	pwgNS  = "http://www.pwg.org/schemas/2010/12/sm"
)

// The field of view in 1/300 inch, and the resolutions in dots per inch. The highest gives
// 2464×3280 dots: eight million and more, which the 2448×3264 of many cameras that are sold as such are not.
const (
	fieldW = 2957
	fieldH = 3936
)

var resolutions = []int{50, 75, 100, 150, 200, 250}

// settings is a scan request.
type settings struct {
	XMLName xml.Name `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 ScanSettings"`
	Version string   `xml:"http://www.pwg.org/schemas/2010/12/sm Version"`
	Regions []region `xml:"http://www.pwg.org/schemas/2010/12/sm ScanRegions>ScanRegion"`
	Source  string   `xml:"http://www.pwg.org/schemas/2010/12/sm InputSource"`
	Format  string   `xml:"http://www.pwg.org/schemas/2010/12/sm DocumentFormat"`
	Ext     string   `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 DocumentFormatExt"`
	XRes    int      `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 XResolution"`
	YRes    int      `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 YResolution"`
	Color   string   `xml:"http://schemas.hp.com/imaging/escl/2011/05/03 ColorMode"`
}

type region struct {
	Units string `xml:"ContentRegionUnits"`
	W     int    `xml:"Width"`
	H     int    `xml:"Height"`
	X     int    `xml:"XOffset"`
	Y     int    `xml:"YOffset"`
}

// errUnsupported marks a well-formed request that this camera cannot carry out.
var errUnsupported = errors.New("not supported")

// shot is what a request comes down to: a window of the field at a resolution.
type shot struct {
	res, x, y, w, h int // window in 1/300 inch
	gray            bool
}

// pixels is the size of the picture.
func (s shot) pixels() (w, h int) { return s.w * s.res / 300, s.h * s.res / 300 }

// parseSettings reads a request strictly: a client with wrong names or namespaces learns it here, not in the field.
func parseSettings(r io.Reader) (shot, error) {
	var in settings
	dec := xml.NewDecoder(r)
	if err := dec.Decode(&in); err != nil {
		return shot{}, fmt.Errorf("decode scan settings: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("more after the end")
		}
		return shot{}, fmt.Errorf("decode scan settings: %w", err)
	}
	if in.Version == "" {
		return shot{}, errors.New("scan settings without version")
	}
	out := shot{res: 150, w: fieldW, h: fieldH}
	if in.XRes != 0 || in.YRes != 0 {
		out.res = in.XRes
	}
	if in.XRes != in.YRes || !slices.Contains(resolutions, out.res) {
		return shot{}, fmt.Errorf("resolution %d×%d: %w", in.XRes, in.YRes, errUnsupported)
	}
	switch in.Color {
	case "", "RGB24":
	case "Grayscale8":
		out.gray = true
	default:
		return shot{}, fmt.Errorf("colour mode %q: %w", in.Color, errUnsupported)
	}
	for _, f := range []string{in.Format, in.Ext} {
		if f != "" && f != "image/jpeg" {
			return shot{}, fmt.Errorf("format %q: %w", f, errUnsupported)
		}
	}
	if in.Source != "" && in.Source != "Platen" && in.Source != "Camera" {
		return shot{}, fmt.Errorf("input source %q: %w", in.Source, errUnsupported)
	}
	return out.window(in.Regions)
}

func (s shot) window(regions []region) (shot, error) {
	if len(regions) == 0 {
		return s, nil
	}
	r := regions[0]
	if len(regions) > 1 || r.Units != "escl:ThreeHundredthsOfInches" {
		return s, fmt.Errorf("%d regions in %q: %w", len(regions), r.Units, errUnsupported)
	}
	if r.X < 0 || r.Y < 0 || r.W < 30 || r.H < 30 || r.X+r.W > fieldW || r.Y+r.H > fieldH {
		return s, fmt.Errorf("region %d,%d %d×%d does not lie in %d×%d: %w", r.X, r.Y, r.W, r.H, fieldW, fieldH, errUnsupported)
	}
	s.x, s.y, s.w, s.h = r.X, r.Y, r.W, r.H
	return s, nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// capabilities is the description that a client reads first.
func capabilities() string {
	res := ""
	for _, r := range resolutions {
		res += fmt.Sprintf("<scan:DiscreteResolution><scan:XResolution>%d</scan:XResolution><scan:YResolution>%d</scan:YResolution></scan:DiscreteResolution>", r, r)
	}
	top := resolutions[len(resolutions)-1]
	return xmlHead + fmt.Sprintf(`<scan:ScannerCapabilities xmlns:scan="%s" xmlns:pwg="%s">
<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Tongban Sim Document Camera 8MP</pwg:MakeAndModel><pwg:SerialNumber>SIMCAM0001</pwg:SerialNumber>
<scan:UUID>00000000-0000-4000-8000-510799000001</scan:UUID>
<scan:Platen><scan:PlatenInputCaps>
<scan:MinWidth>30</scan:MinWidth><scan:MaxWidth>%d</scan:MaxWidth><scan:MinHeight>30</scan:MinHeight><scan:MaxHeight>%d</scan:MaxHeight>
<scan:MaxScanRegions>1</scan:MaxScanRegions>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode></scan:ColorModes>
<scan:ContentTypes><pwg:ContentType>Photo</pwg:ContentType><pwg:ContentType>TextAndPhoto</pwg:ContentType></scan:ContentTypes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>%s</scan:DiscreteResolutions></scan:SupportedResolutions>
<scan:ColorSpaces><scan:ColorSpace>sRGB</scan:ColorSpace></scan:ColorSpaces>
</scan:SettingProfile></scan:SettingProfiles>
<scan:MaxOpticalXResolution>%d</scan:MaxOpticalXResolution><scan:MaxOpticalYResolution>%d</scan:MaxOpticalYResolution>
</scan:PlatenInputCaps></scan:Platen>
</scan:ScannerCapabilities>
`, scanNS, pwgNS, fieldW, fieldH, res, top, top)
}

// status tells whether a picture is being taken, and how the last jobs ended.
func (d *Device) status() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	state, jobs := "Idle", ""
	for id, j := range d.jobs {
		if j.state() == "Processing" {
			state = "Processing"
		}
		jobs += fmt.Sprintf("<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/%s</pwg:JobUri><pwg:JobUuid>%s</pwg:JobUuid><pwg:ImagesCompleted>%d</pwg:ImagesCompleted>"+
			"<pwg:JobState>%s</pwg:JobState></scan:JobInfo>", id, id, j.given, j.state())
	}
	return xmlHead + fmt.Sprintf(`<scan:ScannerStatus xmlns:scan="%s" xmlns:pwg="%s"><pwg:Version>2.63</pwg:Version><pwg:State>%s</pwg:State><scan:Jobs>%s</scan:Jobs></scan:ScannerStatus>
`, scanNS, pwgNS, state, jobs)
}
