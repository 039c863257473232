/* Room on disks. */
#include <string.h>
#include <sys/statvfs.h>

#include "surroundings.h"

enum { PATH_BYTES = 1024 };

bool disk_space(struct str folder, struct disk_space *ret_space)
{
	char path[PATH_BYTES];
	struct statvfs disk;

	if (folder.n == 0 || folder.n >= sizeof(path))
		return false;
	memcpy(path, folder.p, folder.n);
	path[folder.n] = '\0';
	if (statvfs(path, &disk) != 0 || disk.f_blocks == 0)
		return false;
	*ret_space = (struct disk_space){
		.free = (uint64_t)disk.f_bavail * disk.f_frsize,
		.total = (uint64_t)disk.f_blocks * disk.f_frsize,
	};
	return true;
}
