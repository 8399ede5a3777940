/*
 * Writes down, in order, what a process asks of the files below $IO_TRACE_DIR: preload it, and it appends to $IO_TRACE_FILE
 * one record a call: operation ('W'rite, 'T'runcate, 'S'ync, 'U'nlink), length of the path, length of the data, offset, path, data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int trace = -1;

#define REAL(name, type) \
  static type real = NULL; \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off64_t);
typedef int (*truncate_call)(int, off64_t);
typedef int (*sync_call)(int);
typedef int (*unlink_call)(const char *);

static void put(const void *bytes, size_t length) {
  REAL("write", write_call);
  while (length > 0) {
    ssize_t written = real(trace, bytes, length);
    if (written <= 0) abort();
    bytes = (const char *)bytes + written;
    length -= (size_t)written;
  }
}

static void note(char operation, const char *path, uint64_t offset, const void *data, uint32_t length) {
  const char *below = getenv("IO_TRACE_DIR");
  if (below == NULL || strncmp(path, below, strlen(below)) != 0) return;
  pthread_mutex_lock(&one);
  if (trace < 0) trace = open(getenv("IO_TRACE_FILE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (trace < 0) abort();
  uint32_t lengths[2] = {(uint32_t)strlen(path), length};
  put(&operation, 1);
  put(lengths, sizeof lengths);
  put(&offset, sizeof offset);
  put(path, lengths[0]);
  if (length > 0) put(data, length);
  pthread_mutex_unlock(&one);
}

static void note_fd(char operation, int fd, uint64_t offset, const void *data, uint32_t length) {
  char link[64], path[PATH_MAX + 1];
  if (fd == trace || getenv("IO_TRACE_DIR") == NULL) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t size = readlink(link, path, PATH_MAX);
  if (size <= 0) return;
  path[size] = 0;
  note(operation, path, offset, data, length);
}

ssize_t write(int fd, const void *data, size_t length) {
  REAL("write", write_call);
  off64_t offset = lseek64(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
  ssize_t written = real(fd, data, length);
  if (written > 0 && offset >= 0) note_fd('W', fd, (uint64_t)offset, data, (uint32_t)written);
  return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  REAL("pwrite64", pwrite_call);
  ssize_t written = real(fd, data, length, offset);
  if (written > 0) note_fd('W', fd, (uint64_t)offset, data, (uint32_t)written);
  return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

int ftruncate64(int fd, off64_t length) {
  REAL("ftruncate64", truncate_call);
  int failed = real(fd, length);
  if (!failed) note_fd('T', fd, (uint64_t)length, NULL, 0);
  return failed;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) {
  REAL("fsync", sync_call);
  int failed = real(fd);
  if (!failed) note_fd('S', fd, 0, NULL, 0);
  return failed;
}

int fdatasync(int fd) {
  REAL("fdatasync", sync_call);
  int failed = real(fd);
  if (!failed) note_fd('S', fd, 0, NULL, 0);
  return failed;
}

int unlink(const char *path) {
  REAL("unlink", unlink_call);
  int failed = real(path);
  if (!failed) note('U', path, 0, NULL, 0);
  return failed;
}
