package broker

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Where the server keeps QoS 1 messages until each subscribed session has acknowledged them, and the header by which it
// knows their quality of service. Both are what its own MQTT side writes for a PUBLISH; TestDownlink holds them against a
// change of the server.
const (
	mqttStore     = "$MQTT.msgs."
	mqttQoSHeader = "Nmqtt-Pub"
)

// Downlink publishes to terminals with QoS 1 (下行): a session that exists gets the message even when its terminal is
// offline now. A plain native publish would reach only who is connected at this moment.
//
// It still promises nothing: a terminal with a clean session that is away gets nothing. What must not be lost is asked
// for again by the terminal.
type Downlink struct{ js jetstream.JetStream }

// NewDownlink publishes over js.
func NewDownlink(js jetstream.JetStream) Downlink { return Downlink{js} }

// Send publishes body on an MQTT topic and waits until it is stored.
func (d Downlink) Send(ctx context.Context, topic string, body []byte) error {
	if _, err := d.js.PublishMsg(ctx, message(topic, body)); err != nil {
		return fmt.Errorf("publish downlink: %w", err)
	}
	return nil
}

// Start publishes without waiting; the future tells when it is stored.
func (d Downlink) Start(topic string, body []byte) (jetstream.PubAckFuture, error) {
	f, err := d.js.PublishMsgAsync(message(topic, body))
	if err != nil {
		return nil, fmt.Errorf("publish downlink: %w", err)
	}
	return f, nil
}

func message(topic string, body []byte) *nats.Msg {
	m := nats.NewMsg(mqttStore + strings.ReplaceAll(topic, "/", "."))
	m.Header.Set(mqttQoSHeader, "1")
	m.Data = body
	return m
}
