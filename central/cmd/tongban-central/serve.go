package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/obs"
	fleet "tongban/fleet/module"
)

// ready is the line that tells a starter where everything is.
type ready struct {
	Ready bool   `json:"ready"`
	Web   string `json:"web,omitempty"`
	Kiosk string `json:"kiosk,omitempty"`
	Admin string `json:"admin,omitempty"`
	MQTT  string `json:"mqtt,omitempty"`
	NATS  string `json:"nats,omitempty"`
}

// serve runs the centre until it is asked to stop.
func serve(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := load(args)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, true)
	if err != nil {
		return err
	}
	if err := centre.kernel.Start(ctx); err != nil {
		centre.close(ctx)
		return err
	}
	scheme := "http://"
	if c.TLS.Cert != "" {
		scheme = "https://"
	}
	line := ready{
		Ready: true, Web: scheme + centre.kernel.HTTP.Addr(), Kiosk: centre.fleet.Kiosk(), MQTT: centre.fleet.MQTT(), NATS: centre.fleet.NATS(),
	}
	if a := centre.kernel.HTTP.AdminAddr(); a != "" {
		line.Admin = "http://" + a
	}
	if err := json.NewEncoder(out).Encode(line); err != nil {
		return fmt.Errorf("print ready line: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-centre.kernel.HTTP.Failed():
		err = fmt.Errorf("a listener broke down")
	}
	centre.kernel.HTTP.Drain()
	_ = clock.Sleep(context.WithoutCancel(ctx), clock.System(), c.Drain)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if stopErr := centre.kernel.Stop(stop); stopErr != nil {
		return stopErr
	}
	return err
}

// broker runs only the broker, for a centre in another process.
func broker(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := load(args)
	if err != nil {
		return err
	}
	log, err := obs.NewLog(os.Stderr, c.Log)
	if err != nil {
		return err
	}
	return fleet.RunBroker(ctx, fleet.BrokerConfig{
		Data: c.Data, MQTT: c.Listen.MQTT, NATS: c.Listen.NATS, Log: log,
		Cluster: fleet.Cluster{Node: c.Broker.Node, Listen: c.Listen.Route, Routes: c.Broker.Routes},
		Ready: func(mqtt, nats string) {
			_ = json.NewEncoder(out).Encode(ready{Ready: true, MQTT: mqtt, NATS: nats})
		},
	})
}

// enrol makes a one-time code for a terminal; it works beside a running centre.
func enrol(ctx context.Context, args []string, out io.Writer) error {
	c, spec, err := enrolSpec(args)
	if err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	code, err := centre.fleet.EnrolCode(ctx, spec)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]string{"terminal": spec.Code, "code": code})
}
