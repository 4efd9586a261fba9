package blobs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"tongban/central/kernel/errs"
)

// bucket keeps blobs in an S3-compatible store (对象存储): <prefix>/sha256/ab/abcdef…
// for whole files, <prefix>/partial/abcdef…/<offset>-<length> for the pieces
// of running uploads. A store gives one PUT whole or not at all, and nothing
// else is asked of it: no append, no lock, no rename.
type bucket struct {
	core   minio.Core
	name   string
	prefix string
	limit  int64
}

// Waits of the client. A store that hangs must not hold a clerk's page.
const (
	s3Dial    = 3 * time.Second
	s3Header  = 20 * time.Second
	s3Retries = 4
)

func openBucket(where string, o Options) (*bucket, error) {
	u, err := url.Parse(where)
	if err != nil || u.User != nil {
		return nil, errors.New("open blob store: write s3://bucket/prefix?endpoint=https://host:port, without keys")
	}
	end, err := url.Parse(u.Query().Get("endpoint"))
	if err != nil || end.Host == "" || (end.Scheme != "https" && end.Scheme != "http") {
		return nil, errors.New("open blob store: endpoint is not https://host:port")
	}
	access, secret, err := readKey(o.KeyFile)
	if err != nil {
		return nil, err
	}
	transport, err := s3Transport(o.CAFile)
	if err != nil {
		return nil, err
	}
	region := u.Query().Get("region")
	if region == "" {
		region = "us-east-1"
	}
	c, err := minio.New(end.Host, &minio.Options{
		Creds: credentials.NewStaticV4(access, secret, ""), Secure: end.Scheme == "https", Region: region,
		BucketLookup: minio.BucketLookupPath, Transport: transport, MaxRetries: s3Retries,
	})
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	b := &bucket{core: minio.Core{Client: c}, name: u.Host, prefix: strings.Trim(u.Path, "/"), limit: o.MaxBytes}
	return b, b.make(region)
}

// make makes the bucket when it is missing. A store that is away is no error
// here: the centre starts, says in /readyz that it is not ready, and is when
// the store is.
func (b *bucket) make(region string) error {
	ctx, cancel := context.WithTimeout(context.Background(), s3Header)
	defer cancel()
	there, err := b.core.BucketExists(ctx, b.name)
	if err != nil {
		if errs.KindOf(b.fault("look for bucket", err)) == errs.Unavailable {
			return nil
		}
		return fmt.Errorf("open blob store: %w", err)
	}
	if there {
		return nil
	}
	err = b.core.MakeBucket(ctx, b.name, minio.MakeBucketOptions{Region: region})
	if code := minio.ToErrorResponse(err).Code; err != nil && code != "BucketAlreadyOwnedByYou" && code != "BucketAlreadyExists" {
		return fmt.Errorf("make bucket %s: %w", b.name, err)
	}
	return nil
}

func readKey(file string) (access, secret string, err error) {
	if file == "" {
		return "", "", errors.New("open blob store: an S3 store needs a key file")
	}
	text, err := os.ReadFile(file) // #nosec G304 -- the operator names the file in the configuration
	if err != nil {
		return "", "", fmt.Errorf("read key of blob store: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	access, secret, ok := strings.Cut(strings.TrimSpace(line), " ")
	if secret = strings.TrimSpace(secret); !ok || access == "" || secret == "" {
		return "", "", fmt.Errorf("read key of blob store: %s does not begin with \"access secret\"", file)
	}
	return access, secret, nil
}

func s3Transport(ca string) (http.RoundTripper, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		text, err := os.ReadFile(ca) // #nosec G304 -- the operator names the file in the configuration
		if err != nil {
			return nil, fmt.Errorf("read CA of blob store: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("read CA of blob store: no certificate in %s", ca)
		}
	}
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: s3Dial}).DialContext,
		TLSClientConfig:     conf,
		TLSHandshakeTimeout: s3Dial, ResponseHeaderTimeout: s3Header,
		MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
		DisableCompression: true, // what lies there is ciphertext
	}, nil
}

func (b *bucket) key(d Digest) string { return path.Join(b.prefix, "sha256", d.Hex()[:2], d.Hex()) }

func (b *bucket) parts(d Digest) string { return path.Join(b.prefix, "partial", d.Hex()) + "/" }

// fault sorts what the store says: full, away, or a mistake of ours.
func (b *bucket) fault(what string, err error) error {
	if err == nil || errs.Coded(err) {
		return err
	}
	var r minio.ErrorResponse
	_ = errors.As(err, &r)
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", what, err)
	case r.StatusCode == http.StatusInsufficientStorage || r.Code == "QuotaExceeded" || r.Code == "XMinioStorageFull":
		return errs.E(errs.Unavailable, "blobs.full", fullWords, fmt.Errorf("%s: %w", what, err))
	case r.StatusCode >= 500 || errors.As(err, &network):
		return errs.E(errs.Unavailable, "blobs.away", awayWords, fmt.Errorf("%s: %w", what, err))
	}
	return fmt.Errorf("%s: %w", what, err)
}

const awayWords = "文件存储暂时连不上，请稍后再试；仍不行请联系运维人员"

// missing reports that the store has no such object.
func missing(err error) bool {
	var r minio.ErrorResponse
	return errors.As(err, &r) && (r.Code == "NoSuchKey" || r.StatusCode == http.StatusNotFound)
}
