package stack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tongban/central/kernel/ids"
)

// startCity starts the emulated neighbours (一件事平台、不动产登记、办不成事), whose people a centre at web signs in, and returns what the
// centre must be told of them.
func (s *Stack) startCity(ctx context.Context, web string) (args []string, err error) {
	key := map[string]string{}
	for _, name := range []string{"onething", "estate", "cannot", "inquiry", "imianyang", "tianfu", "licences", "brain", "platform"} {
		key[name] = filepath.Join(s.Dir, name+".key")
		if _, err := os.Stat(key[name]); errors.Is(err, fs.ErrNotExist) {
			if err := os.WriteFile(key[name], []byte(name+":"+ids.Key()+"\n"), 0o600); err != nil {
				return nil, fmt.Errorf("write key of %s: %w", name, err)
			}
		}
	}
	s.City = s.process("city", []string{
		filepath.Join(s.Bin, "tongban-sim"), "city", "--issuer", web + "/sso",
		"--onething-listen", at(s.port("onething", 18097)), "--onething-key-file", key["onething"],
		"--estate-listen", at(s.port("estate", 18098)), "--estate-key-file", key["estate"],
		"--cannot-listen", at(s.port("cannot", 18112)), "--cannot-key-file", key["cannot"],
		"--inquiry-listen", at(s.port("inquiry", 18099)), "--inquiry-key-file", key["inquiry"], "--centre", web,
		"--imianyang-listen", at(s.port("imianyang", 18113)), "--imianyang-key-file", key["imianyang"],
		"--tianfu-listen", at(s.port("tianfu", 18114)), "--tianfu-key-file", key["tianfu"],
		"--licences-listen", at(s.port("licences", 18115)), "--licences-key-file", key["licences"],
		"--brain-listen", at(s.port("brain", 18116)), "--brain-key-file", key["brain"],
		"--platform-listen", at(s.port("platform", 18117)), "--platform-key-file", key["platform"],
	})
	var r struct{ OneThing, Estate, Cannot, Inquiry, IMianyang, Tianfu, Licences, Brain, Platform string }
	if err := s.City.Start(ctx, 20*time.Second, &r); err != nil {
		return nil, err
	}
	s.OneThingURL, s.EstateURL, s.CannotURL, s.InquiryURL = r.OneThing, r.Estate, r.Cannot, r.Inquiry
	s.IMianyangURL, s.TianfuURL = r.IMianyang, r.Tianfu
	s.LicencesURL, s.BrainURL, s.PlatformURL = r.Licences, r.Brain, r.Platform
	return []string{
		"--onething-url", r.OneThing, "--onething-key-file", key["onething"], "--onething-internal",
		"--estate-url", r.Estate, "--estate-key-file", key["estate"], "--estate-internal",
		"--cannot-url", r.Cannot, "--cannot-key-file", key["cannot"], "--cannot-internal",
		"--imianyang-url", r.IMianyang, "--imianyang-key-file", key["imianyang"], "--imianyang-internal",
		"--tianfu-url", r.Tianfu, "--tianfu-key-file", key["tianfu"], "--tianfu-internal",
		"--licences-url", r.Licences, "--licences-key-file", key["licences"], "--licences-internal",
		"--brain-url", r.Brain, "--brain-key-file", key["brain"], "--brain-internal",
		"--platform-url", r.Platform, "--platform-key-file", key["platform"], "--platform-internal", "--inquiry-key-file", key["inquiry"],
	}, nil
}
