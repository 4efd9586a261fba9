// Package module wires the fleet (终端管理装配): broker, gate, enrolment, uploads and the terminals' own HTTPS listener. Only
// central/cmd and tools import it.
package module

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/fleet"
	"tongban/fleet/internal/ca"
	"tongban/fleet/internal/enrol"
)

// Config of the fleet in the centre.
type Config struct {
	Data  string   // folder of the centre; keys and messages lie below it in fleet/
	Kiosk string   // listen.kiosk, host:port of the terminals' HTTPS; port 0 takes a free one; "" opens none
	MQTT  string   // listen.mqtt, host:port of the own broker; not used with Broker.URL
	NATS  string   // listen.nats, "" opens none: only a centre in another process needs it
	Names []string // names and addresses by which terminals reach this machine; they go into its certificate

	// BrokerURL names a broker of its own process, nats://host:port or tls://host:port, or all nodes of a cluster with commas
	// between. Empty runs one inside.
	BrokerURL string
	// What terminals are told at enrolment. Empty ones are made of the addresses above and the first name.
	TellBroker string // ssl://host:port, with commas between several; needed with BrokerURL
	TellWeb    string // https://host:port
	Public     string // public_url, base of the links in QR codes

	Models map[string][]fleet.AssetDevice // the devices of each terminal model, from its profile
}

// BrokerConfig is for a broker that runs alone.
type BrokerConfig struct {
	Data    string // the centre's folder, or one with a copy of fleet/keys but for the two keys that are the centre's alone
	MQTT    string // host:port
	NATS    string // host:port, for the centre
	Cluster Cluster
	Log     *slog.Logger
	// Ready is called once, with the addresses taken.
	Ready func(mqtt, nats string)
}

// Cluster makes a broker one node of several; the zero value is a broker alone.
type Cluster struct {
	Node   string   // name of this node, unique among them
	Listen string   // host:port for the other nodes
	Routes []string // host:port of the other nodes
}

func keysDir(data string) string  { return filepath.Join(data, "fleet", "keys") }
func storeDir(data string) string { return filepath.Join(data, "fleet", "broker") }

// InitKeys makes the fleet's keys below data; what is there stays. `tongban-central init` calls it.
func InitKeys(data string, names []string, now time.Time) error {
	if err := ca.Init(keysDir(data), ca.Options{Now: now, Names: names}); err != nil {
		return fmt.Errorf("make keys of the fleet: %w", err)
	}
	return nil
}

// CAFile is the certificate that terminals are given as --ca.
func CAFile(data string) string { return ca.RootFile(keysDir(data)) }

// loadKeys reads the keys, after renewing the listeners' certificate where it ends soon or lacks a name.
func loadKeys(data string, names []string, now time.Time) (*ca.Keys, error) {
	dir := keysDir(data)
	k, err := ca.Load(dir)
	if err != nil {
		if errors.Is(err, ca.ErrNoKeys) {
			return nil, fmt.Errorf("run init first: %w", err)
		}
		return nil, err
	}
	if k.Centre == nil {
		return k, nil // a broker's copy: nothing can be signed here
	}
	if err := ca.Init(dir, ca.Options{Now: now, Names: names}); err != nil {
		return nil, err
	}
	return ca.Load(dir)
}

// EnrolSpec names the place for which a one-time code is made.
type EnrolSpec struct {
	Code   string // K-01
	Number int    // 1–899, in case numbers; 0 takes the digits of Code, or the next free one
	Model  string // kiosk-21; "" takes any
	Place  string // 涪城区政务服务中心
	Label  string // 3号机
	Region string // 行政区划代码
	By     string // who asked, for the record
}

// EnrolCode plans a terminal and returns its one-time code, good for 7 days and one machine. It needs only the database,
// so that the command line can make one while the centre runs.
func EnrolCode(ctx context.Context, d *db.DB, c clock.Clock, s EnrolSpec) (string, error) {
	return (&enrol.Desk{DB: d, Clock: c}).Code(ctx, enrol.Spec(s))
}

// tell makes an address for terminals of a listener's: a listener on every interface is reached by the first name.
func tell(scheme, addr string, names []string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
		if len(names) > 0 {
			host = names[0]
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// BeginAuthority begins a change of the authority, see package ca; `tongban-central terminal ca` takes the steps.
func BeginAuthority(data string, now time.Time) error { return ca.Begin(keysDir(data), now) }

// SwitchAuthority lets the next authority sign.
func SwitchAuthority(data string) error { return ca.Switch(keysDir(data)) }

// FinishAuthority forgets the old one.
func FinishAuthority(data string) error { return ca.Finish(keysDir(data)) }
