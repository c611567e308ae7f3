using System.Collections.Concurrent;
using FuncQueue.Engine.Topics;

namespace FuncQueue.Engine.Tests.Topics.Groups;

/// <summary>
/// What a group was seen to do, and whether that is allowed. Instants are counted: what ended before something began has a smaller number.
/// </summary>
internal sealed class GroupHistory
{
    private readonly ConcurrentQueue<Read> reads = new();
    private readonly ConcurrentQueue<Commit> commits = new();
    private long clock;

    public long Now() => Interlocked.Increment(ref clock);

    public void Add(QueueName member, long began, GroupRecords read)
    {
        var ended = Now();
        foreach (var partition in read.Assigned)
        {
            var offsets = read.Records.Where(r => r.Partition == partition).Select(r => r.Offset).ToList();
            reads.Enqueue(new Read(member, partition, began, ended, offsets));
        }
    }

    public void Add(long began, GroupToken token, TokenStatus status, QueueName member, long handedOutAt) =>
        commits.Enqueue(new Commit(member, token.Partition, token.NextOffset, began, Now(), handedOutAt, status));

    /// <summary>How often each record was handed out, by partition and offset.</summary>
    public IReadOnlyDictionary<(int Partition, long Offset), int> Deliveries =>
        reads.SelectMany(r => r.Offsets.Select(o => (r.Partition, o))).GroupBy(o => o).ToDictionary(o => o.Key, o => o.Count());

    public int Fenced => commits.Count(c => c.Status == TokenStatus.Fenced);

    public int Hands => reads.Select(r => (r.Partition, r.Member)).Distinct().Count();

    public void Check()
    {
        var all = reads.ToList();
        foreach (var read in all)
            read.Offsets.ShouldBe(Enumerable.Range(0, read.Offsets.Count).Select(i => read.Offsets[0] + i), "in order, without a gap");
        foreach (var partition in all.GroupBy(r => r.Partition))
        {
            var done = commits.Where(c => c.Partition == partition.Key && c.Status == TokenStatus.Ok).OrderBy(c => c.Ended).ToList();
            foreach (var read in partition.Where(r => r.Offsets.Count > 0))
            {
                // What was told to be committed before the read began is not handed out again.
                var committed = done.Where(c => c.Ended < read.Began).Select(c => c.Next).DefaultIfEmpty(0).Max();
                read.Offsets[0].ShouldBeGreaterThanOrEqualTo(committed);
            }

            // Whoever was handed out a partition has it no longer once another has been told that it has.
            foreach (var commit in commits.Where(c => c.Partition == partition.Key && c.Status == TokenStatus.Ok))
                partition
                    .Where(r => r.Member != commit.Member && r.Began > commit.HandedOutAt && r.Ended < commit.Began)
                    .ShouldBeEmpty("a commit counts only for the member that holds the partition");
        }
    }

    private sealed record Read(QueueName Member, int Partition, long Began, long Ended, List<long> Offsets);

    private sealed record Commit(QueueName Member, int Partition, long Next, long Began, long Ended, long HandedOutAt, TokenStatus Status);
}
