/** Types of filesystems whose calls depend on a server or another process, which may never respond. */
const REMOTE_TYPES =
  /^(?:nfs4?|cifs|smb3|smbfs|ceph|9p|glusterfs|afs|coda|lustre|gpfs|beegfs|orangefs|pvfs2|ocfs2|gfs2|virtiofs|davfs2?|autofs|fuse|fuseblk|fuse\..+)$/;

export function isRemoteType(fsType: string): boolean {
  return REMOTE_TYPES.test(fsType);
}
