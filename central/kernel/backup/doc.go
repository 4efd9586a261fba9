// Package backup makes and restores copies of the whole centre (备份与恢复): the database in one consistent snapshot, the
// blobs by digest, the small files of the data folder, and apart from them the keys.
//
// A repository is a folder. Blobs lie in it once, whatever number of snapshots names them; each snapshot is a folder with
// a signed manifest. Everything that is not ciphertext already is encrypted with the backup key (SM4-GCM in pieces), which
// lies in the data folder and in the sealed key file, never in the repository. So that a stolen repository is unreadable,
// and a repository without the key file is lost: keep both, in two places.
//
// The broker's store is no part of it. A terminal keeps every envelope until the centre's receipt, a duplicate changes
// nothing, and the roll of terminals is written anew from the database at each start: an empty broker is right by itself.
package backup
