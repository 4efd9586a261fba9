// Package httpx is the one way in over HTTP (接口): typed operations with a
// permission each, raw handlers for streams and files under the same rules,
// problem+json errors in Chinese, idempotency, single-page apps, and the
// admin listener. It is the only door to gin and humagin.
//
// A request passes: request id and log → security headers → who is it → may
// they (denied by default) → CSRF → idempotency → validation → handler.
package httpx
