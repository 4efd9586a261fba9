package drivers

import "context"

// KindLight is what shines on or beside a device: fill light, light bars, signal lamps (补光灯、指示灯带).
const KindLight Kind = "light"

// ReasonStuck is that of an output which does not follow its command.
const ReasonStuck Reason = "stuck"

// LightBar switches lights (灯).
type LightBar interface {
	Device
	// Lights are the names that the profile gives to the outputs, in its order.
	Lights() []string
	// Switch turns one light on or off and looks whether it is: one that does not follow is CodeHardwareError/ReasonStuck, a name that
	// nobody gave CodeInvalidData. At most 1.5 s.
	Switch(ctx context.Context, light string, on bool) error
	// Lit tells which lights are on, as the board says.
	Lit(ctx context.Context) (map[string]bool, error)
}
