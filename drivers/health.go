package drivers

// Health is how deep a check of a device goes, in the words of UPOS (健康检查级别). Each level includes the one before: a
// device that does not answer cannot be seen working.
type Health string

// Levels of a health check.
const (
	HealthInternal    Health = "internal"    // Status: the device is asked and nothing moves; supervision does it all the time
	HealthExternal    Health = "external"    // the device does its work once and a person looks: a strip, a picture
	HealthInteractive Health = "interactive" // a person takes part: a card, a code, a finger
)
