// How often each byte value occurs, with OpenMP: what an experienced C programmer gets without intrinsics.
//
//   histogram memory|file PATH THREADS
//
// `memory` reads the file once, at the start; `file` reads it again each time, 1 MiB per read, into a buffer per thread.
// Answers each line of input with a line of JSON: the milliseconds that it took, and the 256 counts.
//
// It uses eight tables and 8 bytes per load, so that a byte equal to the one before it does not wait for the same counter. The
// literature does the same without intrinsics (Yann Collet's FSE and countbench of Nathan Kurz do so with 4 to 8 tables).

#define _GNU_SOURCE
#include <fcntl.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { piece = 1 << 20, tables = 8 };

static void add(const uint8_t *bytes, size_t length, uint64_t counts[256]) {
  static _Thread_local uint32_t table[tables][256];
  memset(table, 0, sizeof table);
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    uint64_t word;
    memcpy(&word, bytes + i, 8);
    table[0][word & 255]++;
    table[1][word >> 8 & 255]++;
    table[2][word >> 16 & 255]++;
    table[3][word >> 24 & 255]++;
    table[4][word >> 32 & 255]++;
    table[5][word >> 40 & 255]++;
    table[6][word >> 48 & 255]++;
    table[7][word >> 56]++;
  }
  for (; i < length; i++) table[0][bytes[i]]++;
  for (int t = 0; t < tables; t++)
    for (int value = 0; value < 256; value++) counts[value] += table[t][value];
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void read_fully(int fd, uint8_t *into, size_t length, size_t at) {
  for (size_t done = 0; done < length;) {
    ssize_t n = pread(fd, into + done, length - done, (off_t)(at + done));
    if (n <= 0) die("read");
    done += (size_t)n;
  }
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int in_memory = strcmp(argv[1], "memory") == 0;
  const int fd = open(argv[2], O_RDONLY);
  if (fd < 0) die(argv[2]);
  const int threads = atoi(argv[3]);
  struct stat stats;
  if (fstat(fd, &stats) != 0) die(argv[2]);
  const size_t length = (size_t)stats.st_size;
  const long pieces = (long)((length + piece - 1) / piece);

  uint8_t *memory = NULL;
  if (in_memory) {
    memory = malloc(length + 1);
    if (memory == NULL) die("malloc");
    read_fully(fd, memory, length, 0);
  }
  printf("{\"ready\":true}\n");
  fflush(stdout);

  char line[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    const double begun = omp_get_wtime();
    uint64_t counts[256] = {0};
#pragma omp parallel num_threads(threads)
    {
      uint64_t own[256] = {0};
      uint8_t *buffer = in_memory ? NULL : malloc(piece);
#pragma omp for schedule(dynamic)
      for (long p = 0; p < pieces; p++) {
        const size_t at = (size_t)p * piece;
        const size_t bytes = length - at < piece ? length - at : piece;
        if (!in_memory) read_fully(fd, buffer, bytes, at);
        add(in_memory ? memory + at : buffer, bytes, own);
      }
#pragma omp critical
      for (int value = 0; value < 256; value++) counts[value] += own[value];
      free(buffer);
    }
    const double ms = (omp_get_wtime() - begun) * 1000;
    printf("{\"ms\":%.6f,\"answer\":[", ms);
    for (int value = 0; value < 256; value++) printf("%s%llu", value ? "," : "", (unsigned long long)counts[value]);
    printf("]}\n");
    fflush(stdout);
  }
  return 0;
}
