package walk

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"time"

	"tongban/central/kernel/auth"
)

// Own is the password that walks set in place of a first one.
func Own(first string) string { return first + "-Own1" }

// state is where a sign-on stands.
type state struct {
	Step string
	CSRF string
}

// enter signs on step by step and opens a console. secret is the authenticator's, "" for an account without one.
func enter(ctx context.Context, base, login, password, console, secret string) (*Clerk, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make cookie jar: %w", err)
	}
	c := &Clerk{base: strings.TrimSuffix(base, "/"), HTTP: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	var at state
	say := func(path string, body map[string]string) error {
		if body != nil {
			body["audience"] = console
		}
		c.csrf = at.CSRF
		return c.call(ctx, http.MethodPost, "/sso/api/v1"+path, body, &at)
	}
	if err := say("/password", map[string]string{"login": login, "password": password}); err != nil {
		return nil, err
	}
	for at.Step != string(auth.StepDone) {
		switch {
		case at.Step == string(auth.StepPassword):
			err = say("/new-password", map[string]string{"new": Own(password)})
		case at.Step == string(auth.StepCode) && secret != "":
			var code string
			if code, err = auth.TOTPCode(secret, time.Now()); err == nil {
				err = say("/totp", map[string]string{"code": code})
			}
		default:
			err = fmt.Errorf("the sign-on of %s asks for step %q", login, at.Step)
		}
		if err != nil {
			return nil, err
		}
	}
	c.csrf = at.CSRF
	var me struct{ CSRF string }
	if err := c.call(ctx, http.MethodPost, "/sso/api/v1/console", map[string]string{"audience": console}, &me); err != nil {
		return nil, err
	}
	c.csrf = me.CSRF
	return c, nil
}

// Ready makes every account of a first-start file usable at once, for tests that are about something else: first passwords
// are changed and authenticators enrolled. The file then has lines of "login password secret".
func Ready(ctx context.Context, base, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read first-start file: %w", err)
	}
	var b strings.Builder
	for _, m := range secretLine.FindAllStringSubmatch(string(text), -1) {
		if strings.HasPrefix(m[1], "#") {
			continue
		}
		own, secret, err := ready(ctx, base, m[1], m[2])
		if err != nil {
			return fmt.Errorf("make %s ready: %w", m[1], err)
		}
		fmt.Fprintf(&b, "%s %s %s\n", m[1], own, secret)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

func ready(ctx context.Context, base, login, password string) (own, secret string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", "", fmt.Errorf("make cookie jar: %w", err)
	}
	c := &Clerk{base: strings.TrimSuffix(base, "/"), HTTP: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	var at state
	post := func(path string, body, into any) error {
		c.csrf = at.CSRF
		return c.call(ctx, http.MethodPost, "/sso/api/v1"+path, body, into)
	}
	if err := post("/password", map[string]string{"login": login, "password": password}, &at); err != nil {
		return "", "", err
	}
	if at.Step == string(auth.StepEnrol) {
		var e struct{ Secret string }
		if err := post("/totp/enrol", nil, &e); err != nil {
			return "", "", err
		}
		secret = e.Secret
		// The step before: the present one stays for whoever signs in next. When a step ends between here and there it is too old, once.
		confirm := func() error {
			code, err := auth.TOTPCode(secret, time.Now().Add(-30*time.Second))
			if err != nil {
				return err
			}
			var out struct{ State state }
			if err := post("/totp/confirm", map[string]string{"code": code}, &out); err != nil {
				return err
			}
			at = out.State
			return nil
		}
		if confirm() != nil {
			if err := confirm(); err != nil {
				return "", "", err
			}
		}
	}
	own = password
	if at.Step == string(auth.StepPassword) {
		own = Own(password)
		if err := post("/new-password", map[string]string{"new": own}, &at); err != nil {
			return "", "", err
		}
	}
	if at.Step != string(auth.StepDone) {
		return "", "", fmt.Errorf("the sign-on asks for step %q", at.Step)
	}
	return own, secret, post("/logout", nil, nil)
}
