package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"tongban/deploy/stack"
)

// backend is one copy of the centre as a proxy sees it.
type backend struct{ name, web, kiosk, admin string }

// proxied is what a proxy needs to know.
type proxied struct {
	dir, web, kiosk string
	certs           certs
	backends        []backend
}

// haproxy is the configuration of HAProxy 2.6: TLS in front and behind, terminals' TLS passed through untouched, a copy
// taken out as soon as its /readyz says no. A request that a copy did not answer is given to another one: every write of
// ours carries an idempotency key, so that it has its effect once.
func (p proxied) haproxy() string {
	var b strings.Builder
	fmt.Fprintf(&b, `global
	maxconn 6000
	ssl-default-bind-options ssl-min-ver TLSv1.2
	ssl-default-server-options ssl-min-ver TLSv1.2
	log stderr format raw local0 notice

defaults
	log global
	option dontlognull
	timeout connect 2s
	timeout client 65s
	timeout server 65s
	timeout http-keep-alive 60s
	timeout check 2s
	retries 3
	option redispatch 1

frontend web
	mode http
	bind %s ssl crt %s alpn h2,http/1.1
	http-request set-header X-Forwarded-Proto https
	http-request del-header X-Forwarded-For
	option forwardfor
	default_backend centre

backend centre
	mode http
	balance roundrobin
	option httpchk GET /readyz
	http-check expect status 200
	retry-on conn-failure empty-response
	http-reuse safe
`, p.web, p.certs.Pem)
	for _, c := range p.backends {
		fmt.Fprintf(&b, "\tserver %s %s ssl verify required ca-file %s check no-check-ssl addr %s port %s inter 500ms fall 1 rise 1\n",
			c.name, c.web, p.certs.CA, host(c.admin), port(c.admin))
	}
	fmt.Fprintf(&b, `
frontend kiosk
	mode tcp
	bind %s
	default_backend terminals

backend terminals
	mode tcp
	balance leastconn
	option httpchk GET /readyz
	http-check expect status 200
`, p.kiosk)
	for _, c := range p.backends {
		fmt.Fprintf(&b, "\tserver %s %s check addr %s port %s inter 500ms fall 1 rise 1\n", c.name, c.kiosk, host(c.admin), port(c.admin))
	}
	return b.String()
}

// nginx is the same for nginx 1.22. It asks no /readyz: it learns from a connection that is refused or breaks, and gives
// the request to the next copy.
func (p proxied) nginx() string {
	var web, kiosk strings.Builder
	for _, c := range p.backends {
		fmt.Fprintf(&web, "\t\tserver %s max_fails=1 fail_timeout=2s;\n", c.web)
		fmt.Fprintf(&kiosk, "\t\tserver %s max_fails=1 fail_timeout=2s;\n", c.kiosk)
	}
	module := ""
	for _, so := range []string{"/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/share/nginx/modules/ngx_stream_module.so"} {
		if _, err := os.Stat(so); err == nil {
			module = "load_module " + so + ";\n"
			break
		}
	}
	return fmt.Sprintf(`%[7]sdaemon off;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log %[1]s/nginx.error.log warn;
events { worker_connections 8192; }

http {
	access_log off;
	client_body_temp_path %[1]s/nginx.body;
	proxy_temp_path %[1]s/nginx.proxy;
	fastcgi_temp_path %[1]s/nginx.fastcgi;
	uwsgi_temp_path %[1]s/nginx.uwsgi;
	scgi_temp_path %[1]s/nginx.scgi;
	client_max_body_size 32m;
	upstream centre {
%[5]s		keepalive 64;
	}
	server {
		listen %[2]s ssl http2;
		ssl_certificate %[4]s;
		ssl_certificate_key %[4]s;
		ssl_protocols TLSv1.2 TLSv1.3;
		location / {
			proxy_pass https://centre;
			proxy_ssl_trusted_certificate %[8]s;
			proxy_ssl_verify on;
			proxy_ssl_name localhost;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Host $http_host;
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_set_header X-Forwarded-Proto https;
			proxy_connect_timeout 2s;
			proxy_read_timeout 65s;
			# Every write carries an idempotency key: another copy may be asked again.
			proxy_next_upstream error timeout http_502 non_idempotent;
			proxy_next_upstream_tries 3;
		}
	}
}

stream {
	upstream terminals {
%[6]s	}
	server {
		listen %[3]s;
		proxy_connect_timeout 2s;
		proxy_pass terminals;
	}
}
`, p.dir, p.web, p.kiosk, p.certs.Pem, web.String(), kiosk.String(), module, p.certs.CA)
}

func host(at string) string { h, _, _ := net.SplitHostPort(at); return h }

func port(at string) string { _, p, _ := net.SplitHostPort(at); return p }

// process writes the configuration of kind ("haproxy" or "nginx") and returns the program that reads it.
func (p proxied) process(kind, log string) (*stack.Process, error) {
	file := filepath.Join(p.dir, kind+".cfg")
	s := &stack.Process{Name: kind, Log: log, Probe: func(ctx context.Context) error { return dial(ctx, p.web) }}
	var text string
	switch kind {
	case "haproxy":
		text, s.Args = p.haproxy(), []string{"/usr/sbin/haproxy", "-db", "-f", file}
	case "nginx":
		text, s.Args = p.nginx(), []string{"/usr/sbin/nginx", "-p", p.dir, "-c", file, "-e", filepath.Join(p.dir, "nginx.error.log")}
	default:
		return nil, fmt.Errorf("no proxy %q: haproxy or nginx", kind)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write configuration of the proxy: %w", err)
	}
	return s, nil
}

func dial(ctx context.Context, at string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", at)
	if err != nil {
		return err
	}
	return c.Close()
}
