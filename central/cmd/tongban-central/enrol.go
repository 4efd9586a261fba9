package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	fleet "tongban/fleet/module"
)

// enrolSpec takes the flags of enrol out of args and leaves the rest to the configuration.
func enrolSpec(args []string) (Config, fleet.EnrolSpec, error) {
	spec := fleet.EnrolSpec{By: "命令行"}
	number := ""
	mine := map[string]*string{
		"--terminal": &spec.Code, "--model": &spec.Model, "--place": &spec.Place, "--label": &spec.Label, "--region": &spec.Region, "--number": &number,
	}
	var rest []string
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		to, ok := mine[name]
		if !ok {
			rest = append(rest, args[i])
			continue
		}
		if !joined {
			i++
			if i == len(args) {
				return Config{}, spec, fmt.Errorf("%s needs a value", name)
			}
			value = args[i]
		}
		*to = value
	}
	c, _, err := load(rest)
	if err != nil {
		return c, spec, err
	}
	if spec.Code == "" {
		return c, spec, errors.New("write: enrol --terminal K-01 [--number N] [--model M] [--place P] [--label L]")
	}
	if number != "" {
		if spec.Number, err = strconv.Atoi(number); err != nil {
			return c, spec, fmt.Errorf("--number: %w", err)
		}
	}
	return c, spec, nil
}
