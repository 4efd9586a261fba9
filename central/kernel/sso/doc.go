// Package sso is our own OpenID Connect provider (统一身份认证): other systems
// send people to our sign-on and get back who they are, and are told when they
// are gone. Authorization code with PKCE only; every state is in the database,
// so that all copies of the program share it.
//
// Sources: OpenID Connect Core 1.0, RP-Initiated Logout 1.0, Back-Channel
// Logout 1.0, RFC 6749, RFC 7636, RFC 9700.
package sso
