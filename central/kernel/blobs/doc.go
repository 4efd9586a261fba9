// Package blobs keeps files by the digest of their content (文件存储): scans,
// photos, application packages. A file is either there whole and proven, or
// not there; an upload may be cut anywhere and goes on where it stopped.
package blobs
