using CsCheck;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Reading;
using FuncQueue.Engine.Topics.Records;

namespace FuncQueue.Engine.Tests.Topics.Reading;

/// <summary>A place by instant is found by few small requests, however the records came.</summary>
public sealed class SeekTests(AzuriteFixture azurite) : TopicTest(azurite)
{
    private const int PageRows = 100;
    private static readonly DateTimeOffset Began = DateTimeOffset.UnixEpoch.AddDays(20_000);

    /// <summary>How long between two rows, in milliseconds, by the row's number.</summary>
    public static TheoryData<string, int> Logs =>
        new()
        {
            { "evenly", 6 },
            { "in bursts", 20 },
            { "ever faster", 20 },
            { "ever slower", 20 },
            { "all but at once", 20 },
            { "with a long break", 20 },
        };

    [Theory]
    [MemberData(nameof(Logs))]
    public async Task In_a_log_of_a_hundred_thousand_rows_a_place_is_found_by_twenty_small_requests_at_most(string log, int most)
    {
        var rows = Rows(100_000, Gap(log));
        var worst = 0;
        foreach (var at in Enumerable.Range(0, 400).Select(i => (int)(i * 249.7)))
        {
            foreach (var shift in new[] { -1, 0, 1 })
                worst = Math.Max(worst, await FindAsync(rows, rows[at].PublishedAt.AddMilliseconds(shift)));
        }

        // One more reads the head.
        (worst + 1).ShouldBeLessThanOrEqualTo(most);
    }

    [Fact]
    public Task The_place_is_the_first_record_at_or_after_the_instant_whatever_was_removed() =>
        Gen.Select(Gen.Int[0, 50].Array[0, 600], Gen.Int[0, 599], Gen.Int[-2, 2], Gen.Bool.Array[600])
            .SampleAsync(
                async (gaps, at, shift, removed) =>
                {
                    var all = Rows(gaps.Length, i => gaps[i]);
                    var rows = all.Where((_, i) => !removed[i] || i % 7 == 0).ToList();
                    if (all.Count == 0)
                        return;
                    var instant = all[at % all.Count].PublishedAt.AddMilliseconds(shift);
                    await FindAsync(rows, instant, all[^1].Last + 1, all[^1].PublishedAt);
                },
                iter: 500
            );

    [Fact]
    public async Task In_storage_it_is_found_by_as_few_requests()
    {
        var engine = await StartWithTopicAsync();
        for (var i = 0; i < 400; i++)
        {
            await PublishAsync(engine, $"{i}");
            Time.Advance(TimeSpan.FromMilliseconds(i % 50 == 0 ? 60_000 : 10));
        }

        var other = Start();
        var all = await ReadEverythingAsync(other);
        foreach (var at in new[] { 0, 1, 49, 50, 51, 199, 333, 399 })
        {
            other.Requests.Clear();
            var page = (await TryReadAsync(other, new ReadFrom.Instant(all[at].PublishedAt))).Value;
            page.Records[0].Offset.ShouldBe(at);
            // The head, the pages of the search, then the records and how far they reach.
            other.Requests.Count.ShouldBeLessThanOrEqualTo(12);
        }
    }

    private static Func<int, double> Gap(string log) =>
        log switch
        {
            "evenly" => _ => 10,
            "in bursts" => i => i % 1000 == 0 ? 3_600_000 : 1,
            "ever faster" => i => 1_000_000.0 / (i + 1),
            "ever slower" => i => Math.Min(i * (double)i / 1000, 10_000_000),
            "all but at once" => i => i == 99_000 ? 86_400_000 : 0.01,
            "with a long break" => i => i == 500 ? 86_400_000_000 : 5,
            _ => throw new ArgumentOutOfRangeException(nameof(log)),
        };

    /// <summary>Rows of one to 64 records.</summary>
    private static List<RecordPlace> Rows(int count, Func<int, double> gap)
    {
        var (rows, offset, at) = (new List<RecordPlace>(count), 0L, 0.0);
        for (var i = 0; i < count; i++)
        {
            at += gap(i);
            var records = 1 + (i * 7919 % 64);
            rows.Add(new RecordPlace(offset, offset + records - 1, Began.AddMilliseconds(Math.Floor(at))));
            offset += records;
        }

        return rows;
    }

    private static Task<int> FindAsync(List<RecordPlace> rows, DateTimeOffset instant) =>
        FindAsync(rows, instant, rows[^1].Last + 1, rows[^1].PublishedAt);

    /// <summary>Expects the right place; how many requests it took.</summary>
    private static async Task<int> FindAsync(List<RecordPlace> rows, DateTimeOffset instant, long next, DateTimeOffset last)
    {
        var requests = 0;
        var lasts = rows.Select(r => r.Last).ToList();
        var seek = new SeekByInstant(from =>
        {
            requests++;
            var first = lasts.BinarySearch(from);
            return Task.FromResult<IReadOnlyList<RecordPlace>>([.. rows.Skip(first < 0 ? ~first : first).Take(PageRows)]);
        });
        var found = await seek.FindAsync(instant, next, last);
        var right = rows.FindIndex(r => r.PublishedAt >= instant);
        if (right >= 0)
            found.ShouldBe(rows[right].First);
        else
            rows.ShouldAllBe(r => r.Last < found);
        return requests;
    }
}
