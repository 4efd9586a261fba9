package uvc

import (
	"fmt"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// config is the decoded settings.
type config struct {
	least    int
	settle   int
	controls []v4l2.Setting
}

// maxSettle bounds the pictures that are dropped before a still: there are 4.5 seconds for all of them.
const maxSettle = 20

// decode reads the settings strictly: an unknown key is a typing error in a profile and must not pass unseen.
func decode(params drivers.Params) (config, error) {
	c := config{settle: 2}
	for k, v := range params {
		n, number := v4l2.Whole(v)
		var err error
		switch k {
		case "least_pixels":
			c.least = n
			if !number || n < 0 {
				err = fmt.Errorf("%v is no number of pixels", v)
			}
		case "settle":
			c.settle = n
			if !number || n < 0 || n > maxSettle {
				err = fmt.Errorf("%v is not 0 to %d", v, maxSettle)
			}
		case "controls":
			c.controls, err = v4l2.Settings(v)
		default:
			err = fmt.Errorf("unknown setting")
		}
		if err != nil {
			return config{}, fmt.Errorf("setting %s: %w", k, err)
		}
	}
	return c, nil
}
