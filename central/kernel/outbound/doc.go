// Package outbound is the one way out (对外调用): every call of the centre to another system goes through a Client that knows
// the one host it was made for. Addresses inside (loopback, link-local, private, metadata services) are refused unless the
// target was declared as internal, and they are judged when the line is opened, after the name was resolved, so that a name
// that changes its answer (DNS rebinding) gains nothing. Redirects are judged like first calls; answers are bounded.
package outbound
