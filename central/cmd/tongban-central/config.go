package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/config"
)

// Config is everything the centre can be told.
type Config struct {
	Data     string `yaml:"data" doc:"folder for keys, database, blobs and broker"`
	Database string `yaml:"database" doc:"sqlite:/path or postgres://…; a SQLite file below data when empty"`
	Owner    string `yaml:"database_owner" doc:"postgres://… of the role that owns the tables: init makes them with it and gives the role in database no right to change the audit; not for serve"`
	Public   string `yaml:"public_url" doc:"base of the links in QR codes, such as https://host"`
	Log      string `yaml:"log" doc:"debug, info, warn or error"`
	Clock    string `yaml:"clock_file" doc:"offset file of the test clock; only in builds with testhooks"`
	Listen   struct {
		Web   string `yaml:"web" doc:"consoles and public pages"`
		Kiosk string `yaml:"kiosk" doc:"terminals, TLS with our own certificates"`
		Admin string `yaml:"admin" doc:"health and metrics, never reachable from outside"`
		MQTT  string `yaml:"mqtt" doc:"terminals' messages, TLS with client certificates"`
		NATS  string `yaml:"nats" doc:"the broker's native listener for copies of the centre"`
		Route string `yaml:"route" doc:"brokers of one cluster speak to each other here; a broker alone has none"`
	} `yaml:"listen"`
	TLS struct {
		Cert string `yaml:"cert" doc:"certificate of the web listener; plain HTTP when empty"`
		Key  string `yaml:"key" doc:"its key"`
	} `yaml:"tls"`
	Broker struct {
		URL    string   `yaml:"url" doc:"nats://… of a broker apart, or tls://a:4222,tls://b:4222,… of a cluster; the one in this program when empty"`
		Tell   string   `yaml:"tell" doc:"ssl://host:port that terminals are told, several with commas; made of listen.mqtt when empty"`
		Node   string   `yaml:"node" doc:"name of this broker among those of its cluster"`
		Routes []string `yaml:"routes" doc:"host:port of the other brokers of the cluster"`
	} `yaml:"broker"`
	Audit struct {
		Ship string `yaml:"ship" doc:"where audit checkpoints are kept: file:///folder, http://… or https://…, best on another machine; below data when empty"`
	} `yaml:"audit"`
	SMS struct {
		URL      string `yaml:"url" doc:"base of the short-message gateway (deploy/docs/adapters/sms.md); messages wait when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"the gateway stands in our own network: private addresses and plain HTTP are allowed"`
	} `yaml:"sms"`
	Queue struct {
		URL      string `yaml:"url" doc:"base of the queue system of the halls (deploy/docs/adapters/queue-machine.md); no machine when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; both sides sign with it"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"queue"`
	Post struct {
		URL      string `yaml:"url" doc:"base of the local post (deploy/docs/adapters/post.md); nothing can be posted when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"post"`
	OneThing struct {
		URL      string `yaml:"url" doc:"base of the one-thing platform (deploy/docs/adapters/neighbours.md); none when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; also its client at the sign-on"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"onething"`
	Estate struct {
		URL      string `yaml:"url" doc:"base of the real-estate registration (deploy/docs/adapters/neighbours.md); none when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; also its client at the sign-on"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"estate"`
	Cannot struct {
		URL      string `yaml:"url" doc:"base of the desk of what could not be done (deploy/docs/adapters/neighbours.md); none when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; also its client at the sign-on"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"cannot"`
	IMianyang struct {
		URL      string `yaml:"url" doc:"base of the online channel i绵阳 (deploy/docs/adapters/online-channels.md); not connected when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; both sides sign with it"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"imianyang"`
	Tianfu struct {
		URL      string `yaml:"url" doc:"base of the online channel the sub-site of 天府通办 (deploy/docs/adapters/online-channels.md); not connected when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone; both sides sign with it"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"tianfu"`
	Brain struct {
		URL      string `yaml:"url" doc:"base of the city brain (deploy/docs/adapters/city-brain.md); not connected when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"brain"`
	Licences struct {
		URL      string `yaml:"url" doc:"base of the city's own e-licence system (deploy/docs/adapters/local-licences.md); not connected when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"licences"`
	Platform struct {
		URL      string `yaml:"url" doc:"base of the micro-service platform (deploy/docs/adapters/service-platform.md); not connected when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"platform"`
	Inquiry struct {
		KeyFile string `yaml:"key_file" doc:"file with one line id:secret of the inquiry machines (deploy/docs/adapters/inquiry-machine.md); none when empty"`
	} `yaml:"inquiry"`
	Blobs struct {
		URL  string `yaml:"url" doc:"folder, or s3://bucket/prefix?endpoint=https://host:port&region=…; below data when empty"`
		Key  string `yaml:"key_file" doc:"file with \"access secret\" on its first line, for s3"`
		Root string `yaml:"ca_file" doc:"certificates by which the S3 store is trusted; the machine's when empty"`
	} `yaml:"blobs"`
	Limits  float64       `yaml:"limits" doc:"multiplies how often one address, person or terminal may ask; 1 for a hall, 0 without limits, for load tests"`
	Proxies []string      `yaml:"trusted_proxies" doc:"networks such as 10.0.0.0/8 whose X-Forwarded-For is believed"`
	Drain   time.Duration `yaml:"drain" doc:"how long /readyz says no before the listeners close: twice what the proxy needs to notice, such as 3s; 0 without a proxy"`
	Trace   struct {
		OTLP  string  `yaml:"otlp" doc:"http(s)://collector:4318/v1/traces; spans go to a bounded file below data when empty or away"`
		Ratio float64 `yaml:"ratio" doc:"share of traces that is kept besides errors, 0.05 when 0"`
	} `yaml:"trace"`
	Backup struct {
		To    string        `yaml:"to" doc:"folder of the backup repository, best on another machine's disk; no scheduled backups when empty"`
		Every time.Duration `yaml:"every" doc:"how often, such as 24h"`
		Keep  int           `yaml:"keep" doc:"how many snapshots are kept"`
	} `yaml:"backup"`
	Province struct {
		Issuer   string `yaml:"issuer" doc:"issuer of the provincial account system; no such sign-in when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line client-id:secret, readable by its owner alone"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
	} `yaml:"province"`
	Exchange struct {
		URL      string `yaml:"url" doc:"base of the provincial platform (deploy/docs/adapters/province-exchange.md); messages wait when empty"`
		KeyFile  string `yaml:"key_file" doc:"file with one line id:secret, readable by its owner alone"`
		PeerFile string `yaml:"peer_file" doc:"file with the hex of the province's SM2 public point"`
		Internal bool   `yaml:"internal" doc:"it stands in our own network"`
		Area     string `yaml:"area" doc:"region code of this city, twelve digits"`
	} `yaml:"exchange"`
	Counter  string   `yaml:"counter" doc:"where the console finds the devices of the computer it is shown on (tongban-agent counter); none when empty"`
	KioskURL string   `yaml:"kiosk_url" doc:"https://host:port that terminals are told; made of listen.kiosk when empty"`
	Hosts    []string `yaml:"hosts" doc:"names and addresses under which terminals reach this machine, for the server certificate"`
}

func defaults() Config {
	c := Config{Data: "tongban-data", Log: "info", Limits: 1, Counter: "http://127.0.0.1:17653"}
	c.Listen.Web, c.Listen.Kiosk, c.Listen.Admin = "127.0.0.1:8080", "127.0.0.1:8443", "127.0.0.1:8081"
	c.Exchange.Area = "510700000000"
	c.Listen.MQTT, c.Listen.NATS = "127.0.0.1:8883", "127.0.0.1:4222"
	return c
}

// load reads the configuration; what is left of args comes back.
func load(args []string) (Config, []string, error) {
	c := defaults()
	rest, err := config.Load(&c, args, os.Environ())
	if err != nil {
		return c, nil, err
	}
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return c, nil, fmt.Errorf("resolve data folder: %w", err)
	}
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "tongban.db")
	}
	if c.Public == "" {
		c.Public = "http://" + c.Listen.Web
	}
	return c, rest, nil
}

func (c Config) clock() (clock.Clock, error) {
	if c.Clock == "" {
		return clock.System(), nil
	}
	return clock.FromFile(c.Clock)
}
