//go:build opencv

#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
#include <libavutil/time.h>

#include "clip.h"

// clip_time brings a time of the stream to nanoseconds from the clip's start.
static int64_t clip_time(const fw_clip *c, int64_t at) {
  const AVStream *s = c->stream;
  const int64_t most = INT64_C(1) << 60;  // 36 years, so that nobody's sum of two overflows
  AVRational second = {1, 1000000000};
  if (at == AV_NOPTS_VALUE) return FW_NO_TIME;
  int64_t time = av_rescale_q(at, s->time_base, second);
  int64_t start = s->start_time == AV_NOPTS_VALUE ? 0 : av_rescale_q(s->start_time, s->time_base, second);
  if (time > most || time < -most || start > most || start < -most) return FW_NO_TIME;
  return time - start;
}

// MOST_IDLE is how often a demuxer may say that there is nothing yet, a millisecond apart.
enum { MOST_IDLE = 10000 };

// next_packet has the video's next packet in c->packet.
static int next_packet(fw_clip *c) {
  if (c->kept) {
    c->kept = 0;
    return 0;
  }
  fw_begin(c);
  for (int idle = 0;;) {
    av_packet_unref(c->packet);
    if (atomic_load(&c->stop)) return FW_STOPPED;
    int code = av_read_frame(c->format, c->packet);
    if (code == AVERROR(EAGAIN) && idle++ < MOST_IDLE) {
      av_usleep(1000);
      continue;
    }
    if (code < 0) {
      // The demuxers take a connection that broke for the end; the input knows better.
      if (code == AVERROR_EOF && c->format->pb && c->format->pb->error < 0) code = c->format->pb->error;
      return code == AVERROR_EOF ? FW_END : fw_failed(c, code);
    }
    // The decoder would take an empty packet for the end.
    if (c->packet->stream_index == c->stream->index && c->packet->size > 0) return 0;
  }
}

int fw_read(fw_clip *c, fw_packet *packet) {
  int code = next_packet(c);
  if (code < 0) return code;
  packet->data = c->packet->data;
  packet->size = c->packet->size;
  packet->time = clip_time(c, c->packet->pts);
  return 0;
}

void fw_keep(fw_clip *c) { c->kept = 1; }

int fw_seek(fw_clip *c, int64_t time) {
  const AVStream *s = c->stream;
  AVRational second = {1, 1000000000};
  int64_t at = av_rescale_q(time, second, s->time_base);
  if (s->start_time != AV_NOPTS_VALUE) at += s->start_time;
  fw_begin(c);
  int code = avformat_seek_file(c->format, s->index, INT64_MIN, at, at, 0);
  if (code < 0) return fw_failed(c, code);
  if (c->codec) avcodec_flush_buffers(c->codec);
  av_packet_unref(c->packet);
  c->kept = c->ended = 0;
  return 0;
}

static int open_decoder(fw_clip *c) {
  const AVCodec *decoder = avcodec_find_decoder(c->stream->codecpar->codec_id);
  if (!decoder) return FW_NO_DECODER;
  if (!(c->codec = avcodec_alloc_context3(decoder))) return AVERROR(ENOMEM);
  int code = avcodec_parameters_to_context(c->codec, c->stream->codecpar);
  if (code < 0) return code;
  c->codec->pkt_timebase = c->stream->time_base;
  c->codec->max_pixels = c->max_pixels;
  c->codec->thread_count = 0;  // as many as there are cores
  c->codec->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
  if (c->no_delay) {
    c->codec->thread_type = FF_THREAD_SLICE;
    c->codec->flags |= AV_CODEC_FLAG_LOW_DELAY;
  }
  return avcodec_open2(c->codec, decoder, NULL);
}

// feed gives the decoder a packet, or tells it that none comes any more, for the pictures that it holds back.
// A packet that it refuses is damage, and passed over.
static int feed(fw_clip *c) {
  int code = next_packet(c);
  if (code == FW_STOPPED) return code;
  c->ended = code;
  code = avcodec_send_packet(c->codec, c->ended ? NULL : c->packet);
  av_packet_unref(c->packet);
  return code == AVERROR(ENOMEM) ? code : 0;
}

// natural_layout is the layout in which a picture loses nothing and takes the least work.
static int natural_layout(int format) {
  const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(format);
  if (!d || d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) return FW_BGR;
  if (d->nb_components < 3) return FW_GRAY;
  return d->log2_chroma_w == 1 && d->log2_chroma_h == 1 ? FW_I420 : FW_BGR;
}

int fw_decode(fw_clip *c, fw_picture *picture) {
  int code = c->codec ? 0 : open_decoder(c);
  if (code < 0) return code;
  for (;;) {
    code = avcodec_receive_frame(c->codec, c->frame);
    if (code >= 0) break;
    if (c->ended && (code == AVERROR_EOF || code == AVERROR(EAGAIN))) return c->ended;
    if (code == AVERROR_EOF) return FW_END;
    if (code == AVERROR(ENOMEM)) return code;
    if (code == AVERROR(EAGAIN) && (code = feed(c)) < 0) return code;
    if (atomic_load(&c->stop)) return FW_STOPPED;
  }
  const AVFrameSideData *side = av_frame_get_side_data(c->frame, AV_FRAME_DATA_DISPLAYMATRIX);
  c->turned = side && side->size >= 9 * sizeof(int32_t) ? fw_matrix_turn((const int32_t *)side->data) : c->turn;
  picture->width = c->frame->width;
  picture->height = c->frame->height;
  picture->turn = c->turned;
  picture->layout = natural_layout(c->frame->format);
  picture->time = clip_time(c, c->frame->best_effort_timestamp);
  return 0;
}
