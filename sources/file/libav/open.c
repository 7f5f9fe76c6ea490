//go:build opencv

#include <libavutil/avstring.h>
#include <libavutil/display.h>
#include <libavutil/mathematics.h>
#include <libavutil/time.h>
#include <math.h>
#include <string.h>

#include "clip.h"

static void say_nothing(void *of, int level, const char *format, va_list args) {
  (void)of, (void)level, (void)format, (void)args;
}

fw_clip *fw_new(int quiet) {
  if (quiet) av_log_set_callback(say_nothing);
  fw_clip *c = av_mallocz(sizeof *c);
  if (!c) return NULL;
  c->packet = av_packet_alloc();
  c->frame = av_frame_alloc();
  if (!c->packet || !c->frame) {
    fw_close(c);
    return NULL;
  }
  return c;
}

// interrupted is what FFmpeg asks while it waits.
static int interrupted(void *of) {
  fw_clip *c = of;
  if (atomic_load(&c->stop)) return 1;
  if (c->deadline && av_gettime_relative() > c->deadline) c->silent = 1;
  return c->silent;
}

void fw_begin(fw_clip *c) {
  c->silent = 0;
  c->deadline = c->silence ? av_gettime_relative() + c->silence : 0;
}

int fw_failed(fw_clip *c, int code) {
  if (atomic_load(&c->stop)) return FW_STOPPED;
  if (c->silent || code == AVERROR(ETIMEDOUT)) return FW_SILENT;
  return code;
}

// names_others reports whether a format is a list of other files or addresses, or reads by itself.
static int names_others(const AVInputFormat *f) {
  static const char *const lists[] = {"hls", "applehttp", "concat", "dash", "webm_dash_manifest", "imf", "sdp", "avisynth"};
  if (f->flags & AVFMT_NOFILE) return 1;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    if (av_match_name(lists[i], f->name)) return 1;
  return 0;
}

// open_file opens a local file. What is in it can open nothing more: its format has no protocol to do so.
static int open_file(fw_clip *c, const char *url) {
  AVIOInterruptCB ask = {interrupted, c};
  const AVInputFormat *format = NULL;
  AVDictionary *only = NULL;
  av_dict_set(&only, "protocol_whitelist", "file", 0);
  int code = avio_open2(&c->io, url, AVIO_FLAG_READ, &ask, &only);
  av_dict_free(&only);
  if (code >= 0) code = av_probe_input_buffer2(c->io, &format, url, NULL, 0, 0);
  if (code < 0) return code;
  if (names_others(format)) return FW_PLAYLIST;
  av_dict_set(&only, "protocol_whitelist", "none", 0);
  c->format->pb = c->io;
  code = avformat_open_input(&c->format, url, format, &only);
  av_dict_free(&only);
  return code;
}

static int open_url(fw_clip *c, const char *url, const fw_rules *rules) {
  AVDictionary *options = NULL;
  av_dict_set(&options, "protocol_whitelist", rules->protocols, 0);
  av_dict_set_int(&options, "rw_timeout", rules->silence, 0);
  if (!strncmp(url, "rtsp", 4)) {
    av_dict_set_int(&options, "timeout", rules->silence, 0);
    av_dict_set(&options, "rtsp_flags", "prefer_tcp", 0);
  }
  // A web server is watched by rw_timeout, byte by byte; other protocols do not all know it.
  if (strncmp(url, "http", 4)) c->silence = rules->silence;
  fw_begin(c);
  int code = avformat_open_input(&c->format, url, NULL, &options);
  av_dict_free(&options);
  return code;
}

// find_streams looks into the first packets; the decoders that this takes are bounded like ours.
static int find_streams(fw_clip *c) {
  unsigned int n = c->format->nb_streams;
  AVDictionary **options = n ? av_calloc(n, sizeof *options) : NULL;
  if (n && !options) return AVERROR(ENOMEM);
  for (unsigned int i = 0; i < n; i++) av_dict_set_int(&options[i], "max_pixels", c->max_pixels, 0);
  int code = avformat_find_stream_info(c->format, options);
  for (unsigned int i = 0; i < n; i++) av_dict_free(&options[i]);
  av_free(options);
  return code;
}

// choose_stream finds the video; a cover picture is none.
static int choose_stream(fw_clip *c) {
  int sound = 0;
  int best = av_find_best_stream(c->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
  if (best >= 0 && !(c->format->streams[best]->disposition & AV_DISPOSITION_ATTACHED_PIC))
    c->stream = c->format->streams[best];
  for (unsigned int i = 0; i < c->format->nb_streams; i++) {
    AVStream *s = c->format->streams[i];
    sound |= s->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
    if (s != c->stream) s->discard = AVDISCARD_ALL;
  }
  if (c->stream) return 0;
  return sound ? FW_ONLY_SOUND : FW_NO_VIDEO;
}

int fw_matrix_turn(const int32_t *matrix) {
  double degrees = -av_display_rotation_get(matrix);  // it gives them counter-clockwise
  if (!isfinite(degrees)) return 0;
  return (((int)lrint(degrees / 90) % 4 + 4) % 4) * 90;
}

static int stream_turn(const AVStream *s) {
  const int32_t *matrix = NULL;
  size_t size = 0;
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const AVPacketSideData *side = av_packet_side_data_get(s->codecpar->coded_side_data, s->codecpar->nb_coded_side_data,
                                                         AV_PKT_DATA_DISPLAYMATRIX);
  if (side) matrix = (const int32_t *)side->data, size = side->size;
#else
  matrix = (const int32_t *)av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, &size);
#endif
  return matrix && size >= 9 * sizeof *matrix ? fw_matrix_turn(matrix) : 0;
}

static void tell(fw_clip *c, fw_about *about) {
  const AVStream *s = c->stream;
  AVRational second = {1, 1000000000}, rate = av_guess_frame_rate(c->format, c->stream, NULL);
  about->height = s->codecpar->height;
  about->jpeg = s->codecpar->codec_id == AV_CODEC_ID_MJPEG;
  about->untimed = s->start_time == AV_NOPTS_VALUE;
  about->turn = c->turn = stream_turn(s);
  about->step = rate.num > 0 && rate.den > 0 ? av_rescale(second.den, rate.den, rate.num) : 0;
  if (s->duration > 0)
    about->length = av_rescale_q(s->duration, s->time_base, second);
  else if (c->format->duration > 0 && c->format->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE)
    about->length = av_rescale_q(c->format->duration, AV_TIME_BASE_Q, second);
}

int fw_open(fw_clip *c, const char *url, const fw_rules *rules, fw_about *about) {
  c->no_delay = rules->no_delay;
  c->max_pixels = rules->max_pixels;
  if (!(c->format = avformat_alloc_context())) return AVERROR(ENOMEM);
  c->format->interrupt_callback = (AVIOInterruptCB){interrupted, c};
  int code = rules->protocols ? open_url(c, url, rules) : open_file(c, url);
  if (code >= 0) code = find_streams(c);
  if (code >= 0) code = choose_stream(c);
  if (code == AVERROR_INVALIDDATA || code == AVERROR_EOF) code = FW_NO_VIDEO;
  if (code < 0) return fw_failed(c, code);
  tell(c, about);
  return 0;
}

void fw_stop(fw_clip *c) { atomic_store(&c->stop, 1); }
void fw_go(fw_clip *c) { atomic_store(&c->stop, 0); }

void fw_close(fw_clip *c) {
  avcodec_free_context(&c->codec);
  avformat_close_input(&c->format);
  avio_closep(&c->io);
  av_packet_free(&c->packet);
  av_frame_free(&c->frame);
  sws_freeContext(c->scaler);
  av_free(c->scratch);
  av_free(c);
}

void fw_error(int code, char *text) { av_strerror(code, text, FW_ERROR_SIZE); }
