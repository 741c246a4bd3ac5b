package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"
)

// bucket is where sealed objects lie: a folder or an S3 bucket.
type bucket struct {
	b   *blob.Bucket
	dir string // the folder, "" for S3
}

// openBucket opens rawURL:
//
//	/var/lib/tongban/files or file:///var/lib/tongban/files
//	s3://bucket?endpoint=https://s3.city.example&region=cn-east&prefix=tongban/
//
// An S3 server is addressed in path style. secret names a file with two lines,
// access key and secret key.
func openBucket(ctx context.Context, rawURL, secret string) (*bucket, error) {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("files: url: %w", err)
	case u.Scheme == "s3":
		b, err := openS3(ctx, u, secret)
		return &bucket{b: b}, err
	case u.Scheme == "file" && u.Host == "" && u.RawQuery == "", u.Scheme == "" && u.RawQuery == "":
		return openFolder(filepath.FromSlash(u.Path))
	}
	return nil, fmt.Errorf("files: url must be a folder, file:///folder or s3://bucket?endpoint=…")
}

func openFolder(dir string) (*bucket, error) {
	if dir == "" {
		return nil, errors.New("files: no folder given")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("files: folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: folder: %w", err)
	}
	if err := syncPath(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	// Temporary files lie beside their targets: renaming works on one disk only.
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{
		NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700,
	})
	if err != nil {
		return nil, fmt.Errorf("files: folder: %w", err)
	}
	return &bucket{b: b, dir: dir}, nil
}

func openS3(ctx context.Context, u *url.URL, secret string) (*blob.Bucket, error) {
	q := u.Query()
	for k := range q {
		if k != "endpoint" && k != "region" && k != "prefix" {
			return nil, fmt.Errorf("files: url: unknown parameter %q", k)
		}
	}
	text, err := os.ReadFile(secret)
	if err != nil {
		return nil, fmt.Errorf("files: S3 secret file: %w", err)
	}
	keys := strings.Fields(string(text))
	if len(keys) != 2 {
		return nil, errors.New("files: the S3 secret file must hold two lines, access key and secret key")
	}
	region := q.Get("region")
	if region == "" {
		region = "us-east-1" // what servers without regions expect
	}
	client := s3.New(s3.Options{
		Region:                     region,
		Credentials:                credentials.NewStaticCredentialsProvider(keys[0], keys[1], ""),
		UsePathStyle:               true,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		// A person waits for the answer: three tries, and not long between them.
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 300 * time.Millisecond }),
	}, func(o *s3.Options) {
		if e := q.Get("endpoint"); e != "" {
			o.BaseEndpoint = aws.String(e)
		}
	})
	b, err := s3blob.OpenBucket(ctx, client, u.Host, &s3blob.Options{
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
	})
	if err != nil {
		return nil, fmt.Errorf("files: S3: %w", err)
	}
	if p := q.Get("prefix"); p != "" {
		b = blob.PrefixedBucket(b, p)
	}
	return b, nil
}

// put writes one object with fill and returns when it is durable. A failure
// leaves no object under that name.
func (k *bucket) put(ctx context.Context, object string, fill func(io.Writer) error) error {
	ctx, abort := context.WithCancel(ctx)
	defer abort()
	w, err := k.b.NewWriter(ctx, object, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("files: object: %w", err)
	}
	if err := fill(w); err != nil {
		abort() // Close then throws away what was written
		_ = w.Close()
		return fmt.Errorf("files: object: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("files: object: %w", err)
	}
	if k.dir == "" {
		return nil
	}
	// The folder driver renames without syncing: the content, its name, and the
	// name of its folder each need their own sync to outlive a power cut.
	path := k.path(object)
	return errors.Join(syncPath(path), syncPath(filepath.Dir(path)), syncPath(k.dir))
}

func (k *bucket) path(object string) string { return filepath.Join(k.dir, filepath.FromSlash(object)) }

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("files: sync: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("files: sync: %w", err)
	}
	return nil
}

func (k *bucket) open(ctx context.Context, object string) (io.ReadCloser, error) {
	return k.b.NewReader(ctx, object, nil)
}

func (k *bucket) exists(ctx context.Context, object string) (bool, error) {
	return k.b.Exists(ctx, object)
}

// remove deletes an object and what an interrupted put left beside it; an
// object that is not there is no error.
func (k *bucket) remove(ctx context.Context, object string) error {
	if k.dir != "" {
		left, err := filepath.Glob(k.path(object) + ".*.tmp")
		if err != nil {
			return fmt.Errorf("files: remove: %w", err)
		}
		for _, l := range left {
			if err := os.Remove(l); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("files: remove: %w", err)
			}
		}
	}
	if err := k.b.Delete(ctx, object); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("files: remove: %w", err)
	}
	return nil
}
