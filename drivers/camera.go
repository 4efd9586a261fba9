package drivers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"log/slog"
	"time"
)

// KindCamera is the camera that looks at the citizen's face (双目摄像头).
const KindCamera Kind = "camera"

// Reasons of such cameras.
const (
	ReasonStreamLost    Reason = "streamLost"    // one of the two streams is gone, the other works
	ReasonPictureBlack  Reason = "pictureBlack"  // pictures come and show nothing: covered, or a dead sensor
	ReasonPictureFrozen Reason = "pictureFrozen" // pictures come and are always the same
)

// Stream is one of the eyes of a camera (视频流).
type Stream string

// Streams.
const (
	StreamVisible  Stream = "visible"
	StreamInfrared Stream = "infrared"
)

// Snapshot is one picture of one stream (抓拍). It shows a face: it hides itself in logs and in fmt, and has no JSON.
type Snapshot struct {
	Stream   Stream
	Width    int
	Height   int
	Sequence uint32        // counts the camera's pictures, also those that nobody took
	At       time.Duration // the camera's clock, for differences only

	decode func() (image.Image, error)
}

// NewSnapshot makes a snapshot; decode is called when somebody looks into it.
func NewSnapshot(s Snapshot, decode func() (image.Image, error)) Snapshot {
	s.decode = decode
	return s
}

var errNoPicture = errors.New("a snapshot without a picture")

// Image is the picture itself.
func (s Snapshot) Image() (image.Image, error) {
	if s.decode == nil {
		return nil, errNoPicture
	}
	return s.decode()
}

const snapshotQuality = 90

// JPEG is the picture to be kept or sent.
func (s Snapshot) JPEG() ([]byte, error) {
	img, err := s.Image()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: snapshotQuality}); err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return out.Bytes(), nil
}

// String tells the stream and the size only.
func (s Snapshot) String() string {
	return fmt.Sprintf("[人像 %s %d×%d]", s.Stream, s.Width, s.Height)
}

// GoString hides it from %#v also.
func (s Snapshot) GoString() string { return s.String() }

// LogValue hides the picture in structured logs.
func (s Snapshot) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON hides the picture from whoever writes a snapshot down by mistake.
func (s Snapshot) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// Measured is what was counted on one stream (帧率实测).
type Measured struct {
	Stream  Stream  `json:"stream"`
	Width   int     `json:"width"`
	Height  int     `json:"height"`
	Frames  int     `json:"frames"`
	Skipped int     `json:"skipped"` // by the camera's own count
	FPS     float64 `json:"fps"`
}

// CameraControl is one setting of a stream (摄像头参数).
type CameraControl struct {
	Name    string `json:"name"` // exposure, white_balance, contrast, brightness, saturation …
	Min     int    `json:"min"`
	Max     int    `json:"max"`
	Default int    `json:"default"`
	Value   int    `json:"value"`
	Auto    bool   `json:"auto,omitempty"` // held by an automatic mode
}

// FaceCamera looks at the citizen, with one eye or with two at once (可见光、红外双目摄像头).
type FaceCamera interface {
	Device
	// Streams lists the eyes that the camera has.
	Streams() []Stream
	// Snapshot takes one picture of each wanted stream, all streams when none is named, side by side, within 1 s. Pictures that are black, or
	// the same as ever, are faults. A stream that is lost is CodeNoDevice with ReasonStreamLost; what the others gave comes with it.
	Snapshot(ctx context.Context, streams ...Stream) ([]Snapshot, error)
	// Watch gives see every picture of all streams until see says no or ctx ends, which is no error, and tells what it counted.
	Watch(ctx context.Context, see func(Snapshot) bool) ([]Measured, error)
	// Controls lists the settings of a stream.
	Controls(ctx context.Context, s Stream) ([]CameraControl, error)
	// SetControl sets one by hand; what an automatic mode holds is taken out of it first.
	SetControl(ctx context.Context, s Stream, name string, value int) error
	// Automatic puts every setting that can be into its automatic mode and the others to the maker's values.
	Automatic(ctx context.Context) error
}

// BaselineOnly is what an answer says that no decision may rest on (仅供参考).
const BaselineOnly = "baseline, not for decisions"

// Comparison is how alike two faces are (人脸比对).
type Comparison struct {
	Score   float64 `json:"score"` // 0 to 1
	Alike   bool    `json:"alike"` // by the judge's own threshold
	Caution string  `json:"caution,omitempty"`
}

// Liveness is whether a person stands there, and not a picture of one (活体检测).
type Liveness struct {
	Alive      bool    `json:"alive"`
	Why        string  `json:"why"`               // for the operator
	Reflection float64 `json:"infrared_level"`    // mean infrared grey of the face, 0 to 255
	Relief     float64 `json:"infrared_contrast"` // of the face in infrared
	Likeness   float64 `json:"streams_likeness"`  // of the edges in both streams, -1 to 1
	Caution    string  `json:"caution,omitempty"`
}

// FaceJudge compares faces and judges liveness (人脸核验算法). The built-in one is a baseline; a licensed one is put in its place.
type FaceJudge interface {
	// Compare takes two pictures in which the face fills the guide.
	Compare(a, b image.Image) (Comparison, error)
	// Alive takes both streams of one moment; without infrared there is nothing to judge by.
	Alive(visible, infrared image.Image) (Liveness, error)
}
