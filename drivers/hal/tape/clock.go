package tape

import "time"

// after is the player's only source of time: silence on a tape takes as long as on a line.
var after = time.After //nolint:forbidigo // the clock itself
