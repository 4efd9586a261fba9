package escl

import (
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// XML names of the protocol.
const (
	scanNS = "http://schemas.hp.com/imaging/escl/2011/05/03"
	pwgNS  = "http://www.pwg.org/schemas/2010/12/sm" // #nosec G101 -- the name of a format, no credential
)

// capabilities is what the driver needs of the answer to ScannerCapabilities. Names are matched without their namespace:
// makers differ in prefixes and versions, and nothing here is ambiguous.
type capabilities struct {
	XMLName xml.Name `xml:"ScannerCapabilities"`
	Version string   `xml:"Version"`
	Model   string   `xml:"MakeAndModel"`
	Serial  string   `xml:"SerialNumber"`
	Platen  *input   `xml:"Platen>PlatenInputCaps"`
	Camera  *input   `xml:"Camera>CameraInputCaps"`
}

// input is one place that pictures come from; lengths are in 1/300 inch.
type input struct {
	MaxWidth  int       `xml:"MaxWidth"`
	MaxHeight int       `xml:"MaxHeight"`
	Profiles  []profile `xml:"SettingProfiles>SettingProfile"`
}

type profile struct {
	Colors  []string `xml:"ColorModes>ColorMode"`
	Formats []string `xml:"DocumentFormats>DocumentFormat"`
	Ext     []string `xml:"DocumentFormats>DocumentFormatExt"`
	Steps   []struct {
		X int `xml:"XResolution"`
		Y int `xml:"YResolution"`
	} `xml:"SupportedResolutions>DiscreteResolutions>DiscreteResolution"`
	RangeX span `xml:"SupportedResolutions>ResolutionRange>XResolutionRange"`
}

// span is a range of resolutions.
type span struct {
	Min  int `xml:"Min"`
	Max  int `xml:"Max"`
	Step int `xml:"Step"`
}

// source is the chosen input, ready for orders.
type source struct {
	name          string
	width, height int // whole field, 1/300 inch
	color         string
	preview, full int // dots per inch
}

const (
	inch        = 300  // units of the protocol
	previewSide = 1280 // longest side of a preview in pixels
	maxField    = 100_000
)

var errNoSource = errors.New("no input that gives JPEG pictures")

// choose takes the wanted input, or the camera before the platen.
func (c capabilities) choose(want string) (source, error) {
	for _, s := range []struct {
		name string
		in   *input
	}{{"Camera", c.Camera}, {"Platen", c.Platen}} {
		if s.in == nil || want != "" && want != s.name {
			continue
		}
		return s.in.source(s.name)
	}
	return source{}, errNoSource
}

func (in input) source(name string) (source, error) {
	if in.MaxWidth <= 0 || in.MaxHeight <= 0 || in.MaxWidth > maxField || in.MaxHeight > maxField {
		return source{}, fmt.Errorf("field of %d×%d", in.MaxWidth, in.MaxHeight)
	}
	for _, p := range in.Profiles {
		res := p.resolutions(max(in.MaxWidth, in.MaxHeight))
		if !p.jpeg() || len(res) == 0 {
			continue
		}
		s := source{name: name, width: in.MaxWidth, height: in.MaxHeight, color: "RGB24", preview: res[0], full: res[len(res)-1]}
		if len(p.Colors) > 0 && !slices.Contains(p.Colors, s.color) {
			s.color = p.Colors[0]
		}
		for _, r := range res {
			if max(in.MaxWidth, in.MaxHeight)*r/inch <= previewSide {
				s.preview = r
			}
		}
		return s, nil
	}
	return source{}, errNoSource
}

func (p profile) jpeg() bool {
	for _, f := range slices.Concat(p.Formats, p.Ext) {
		if strings.TrimSpace(f) == "image/jpeg" {
			return true
		}
	}
	return len(p.Formats)+len(p.Ext) == 0
}

// resolutions lists the square resolutions, rising. Of a range only the two that are used are listed.
func (p profile) resolutions(longest int) []int {
	var out []int
	for _, s := range p.Steps {
		if s.X == s.Y && s.X > 0 && s.X <= 2400 {
			out = append(out, s.X)
		}
	}
	if r := p.RangeX; len(out) == 0 && r.Min > 0 && r.Max >= r.Min && r.Max <= 2400 {
		step := max(1, r.Step)
		fit := int(math.Floor(float64(previewSide) * inch / float64(longest)))
		out = append(out, min(r.Max, max(r.Min, r.Min+(fit-r.Min)/step*step)), r.Max)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// order is the XML of a scan job for the whole field.
func (s source) order(dpi int) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="%s" xmlns:pwg="%s"><pwg:Version>2.63</pwg:Version>
<pwg:ScanRegions><pwg:ScanRegion><pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
<pwg:Width>%d</pwg:Width><pwg:Height>%d</pwg:Height><pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset></pwg:ScanRegion></pwg:ScanRegions>
<pwg:InputSource>%s</pwg:InputSource><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:XResolution>%d</scan:XResolution><scan:YResolution>%d</scan:YResolution><scan:ColorMode>%s</scan:ColorMode></scan:ScanSettings>`, scanNS, pwgNS, s.width, s.height, s.name, dpi, dpi, s.color)
}

// status is the answer to ScannerStatus.
type status struct {
	XMLName xml.Name `xml:"ScannerStatus"`
	State   string   `xml:"State"`
	Jobs    []struct {
		URI   string `xml:"JobUri"`
		State string `xml:"JobState"`
	} `xml:"Jobs>JobInfo"`
}
