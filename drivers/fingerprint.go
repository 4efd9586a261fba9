package drivers

import (
	"context"
	"fmt"
	"image"
	"log/slog"
)

// Fingerprint is one finger as the sensor saw it (指纹). Biometric data: it hides itself in logs and in fmt, and has no JSON.
type Fingerprint struct {
	Image     *image.Gray  `json:"-"` // nil where only the template was asked for
	DPI       int          `json:"dpi"`
	Template  []byte       `json:"-"` // features
	Form      TemplateForm `json:"form"`
	Quality   int          `json:"quality"` // 0 to 100 of the picture, -1 without one
	ElapsedMS int64        `json:"elapsed_ms"`
}

// TemplateForm is whose features a template holds (特征格式): only the same form can be compared.
type TemplateForm string

// Forms.
const (
	FormModule  TemplateForm = "module"      // the module's own, of use only to modules of its family
	FormLibrary TemplateForm = "library"     // of the maker's library
	FormISO     TemplateForm = "iso-19794-2" // our own, drivers/fingerprint/iso
)

// String tells the quality only.
func (f Fingerprint) String() string { return fmt.Sprintf("[指纹 质量 %d]", f.Quality) }

// LogValue hides the finger in structured logs.
func (f Fingerprint) LogValue() slog.Value { return slog.StringValue(f.String()) }

// FingerprintReader takes fingerprints (指纹采集器).
type FingerprintReader interface {
	Device
	// Capture waits for a finger until ctx ends and returns its template, with picture also its image, which takes
	// seconds on a slow line. No finger is CodeTimeOut/ReasonNoFinger; one that cannot be used is
	// CodeUserError/ReasonFingerUnclear.
	Capture(ctx context.Context, picture bool) (Fingerprint, error)
}

// FingerprintMatcher compares two templates of the form that it gives itself (指纹比对), 0 for nobody's to 1 for the same.
type FingerprintMatcher interface {
	Device
	Compare(ctx context.Context, a, b []byte) (float64, error)
}
