// Package sm holds the platform's cryptography: SM2, SM3 and SM4 (国密, GB/T
// 32918, 32905, 32907) and the folder of keys, so that no other room handles
// a key.
//
//	key folder ──LoadOrCreate──► Keyring ─┬─ Vault    SM4-GCM: fields, files, lookup indexes
//	(0700, files 0600, manifest)          ├─ Signer   SM2: licences, documents, checkpoints
//	                                      └─ NoteSet  Ed25519 + SM2: audit log checkpoints
//	password ──HashPassword──► PHC text        NewToken, TokenHash, Digits
//
// It never stores anything in the database, never logs, never hands out a
// secret key, and never decides who may read what. Everything it hands out is
// immutable and safe for concurrent use, the stream writer and reader apart.
//
// Software keys like these fit tests and a first installation. A production
// seal (电子印章) needs a certified product (密码法 Art 26, GM/T 0018).
package sm
