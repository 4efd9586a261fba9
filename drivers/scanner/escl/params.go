package escl

import (
	"fmt"

	"tongban/drivers"
)

// config is the decoded settings.
type config struct {
	source string // "Camera" or "Platen"; empty: the camera where there is one
}

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decode(params drivers.Params) (config, error) {
	var c config
	for k, v := range params {
		switch k {
		case "source":
			s, ok := v.(string)
			if !ok || s != "Camera" && s != "Platen" {
				return config{}, fmt.Errorf("setting source: %v is not Camera or Platen", v)
			}
			c.source = s
		default:
			return config{}, fmt.Errorf("setting %s: unknown setting", k)
		}
	}
	return c, nil
}
