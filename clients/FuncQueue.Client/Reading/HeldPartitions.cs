using FuncQueue.Client.Json;
using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Reading;

/// <summary>What a reader holds, and what it asks for next. Thread-safe.</summary>
internal sealed class HeldPartitions(string member, FuncQueueGroupReaderOptions options)
{
    /// <summary>How long others wait for records while a partition is being handed over.</summary>
    private static readonly TimeSpan HurriedPause = TimeSpan.FromSeconds(1);

    /// <summary>What the server takes.</summary>
    private const int MaxRecords = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<int, HeldPartition> held = [];

    // Partitions whose handler runs, also one that does not heed that it is another's by now.
    private readonly HashSet<int> busy = [];
    private TimeSpan readAt = TimeSpan.MinValue;
    private bool closed;

    /// <summary>The longest time between two reads.</summary>
    private TimeSpan Renewal => options.LeaseDuration / 3;

    public IReadOnlyList<int> Partitions
    {
        get
        {
            lock (gate)
                return [.. held.Keys.Order()];
        }
    }

    /// <summary>When the first lease ends under which there is something to do; null: there is none.</summary>
    public TimeSpan? EarliestEnd
    {
        get
        {
            lock (gate)
                return held.Values.Where(h => h.InHand.Count > 0 || h.Waiting > 0).Min(h => (TimeSpan?)h.EndsAt);
        }
    }

    /// <summary>What to read now; null: not yet, but after the time that is told.</summary>
    public PlannedRead? Plan(TimeSpan now, out TimeSpan pause)
    {
        lock (gate)
        {
            var room = options.PrefetchCount - held.Values.Sum(h => h.Waiting);
            var isHurried = held.Values.Any(h => h.IsWanted && !h.IsSettled);
            var longest = isHurried && HurriedPause < Renewal ? HurriedPause : Renewal;
            pause = readAt == TimeSpan.MinValue ? TimeSpan.Zero : readAt + longest - now;
            var isDue = pause <= TimeSpan.Zero;
            if (!isDue && (room <= 0 || isHurried))
                return null;
            readAt = now;
            List<HeldPartition> own = [.. held.Values];
            var read = new GroupRead(member, options.From, options.LeaseDuration)
            {
                // One that only renews asks for as little as may be.
                MaxRecords = Math.Clamp(room, 1, MaxRecords),
                Wait = room <= 0 || isHurried ? TimeSpan.Zero : Least(options.ReadWait, Renewal),
                After = own.ConvertAll(h => h.After),
            };
            return new PlannedRead(read, own.ConvertAll(h => (h, h.Next)));
        }
    }

    /// <summary>Takes an answer in; those that are another's now while a handler has records of theirs.</summary>
    public List<HeldPartition> Take(PlannedRead planned, Answer<WireGroupRead> answer)
    {
        lock (gate)
        {
            var (read, lost) = (answer.Value, new List<HeldPartition>());
            if (closed)
                return lost;
            var letGo = new HashSet<int>();
            for (var i = 0; i < planned.Own.Count; i++)
            {
                var (partition, _) = planned.Own[i];
                var isOurs = read.Assigned.Contains(partition.Partition) && read.After is { } after && after[i].Status == "ok";
                if (!isOurs && Remove(partition))
                    lost.Add(partition);
                else if (isOurs && partition.IsGone)
                    letGo.Add(partition.Partition);
            }

            var records = read.Records.ToLookup(record => record.Partition ?? 0);
            foreach (var token in read.Tokens)
            {
                // Its lease ended, by our clock, while the answer was on its way, and what lies in front of these records was let go: the
                // next read begins at what is committed.
                if (letGo.Contains(token.Partition))
                    continue;
                List<TopicRecord> some = [.. records[token.Partition]];
                if (!held.TryGetValue(token.Partition, out var partition))
                    held[token.Partition] = partition = new HeldPartition(token.Partition, token.Token, token.NextOffset, some);
                // What is in hand was put back since: these lie behind a gap, and are read again.
                else if (planned.Own.Contains((partition, partition.Next)))
                    partition.Add(token.Token, token.NextOffset, some);
                var isWanted = read.Wanted.Contains(token.Partition);
                partition.Want(isWanted);
                // One that another waits for is not kept longer.
                if (!isWanted || partition.EndsAt == default)
                    partition.EndsAt = answer.SentAt + options.LeaseDuration;
            }

            return lost;
        }
    }

    /// <summary>The partitions of which handlers may begin, each with records in hand.</summary>
    public List<HeldPartition> Begin(TimeSpan now)
    {
        lock (gate)
            return closed ? [] : [.. held.Values.Where(MayBegin)];

        bool MayBegin(HeldPartition h) =>
            h.EndsAt > now && !busy.Contains(h.Partition) && h.TryTake(options.BatchSize) && busy.Add(h.Partition);
    }

    /// <summary>A handler has ended.</summary>
    public void End(HeldPartition partition, bool isDone)
    {
        lock (gate)
        {
            busy.Remove(partition.Partition);
            if (isDone)
                partition.Done();
            else
                partition.PutBack();
        }
    }

    /// <summary>Whether records in hand may be handled once more.</summary>
    public bool MayGoOn(HeldPartition partition)
    {
        lock (gate)
            return !closed && !partition.IsGone && !partition.IsWanted;
    }

    /// <summary>What is to be committed, and up to where.</summary>
    public List<(HeldPartition Partition, string Token, long Offset)> ToCommit()
    {
        lock (gate)
            return [.. held.Values.Where(h => h.ToCommit is not null).Select(h => (h, h.ToCommit!, h.Handled))];
    }

    /// <summary>Takes the answer to a commit in; whether the partition is another's while it was thought to be ours.</summary>
    public bool Committed(HeldPartition partition, long offset, string status)
    {
        lock (gate)
        {
            if (status == "ok")
            {
                partition.Committed = Math.Max(partition.Committed, offset);
                return false;
            }

            var isNew = !partition.IsGone;
            Remove(partition);
            return isNew;
        }
    }

    /// <summary>
    /// Lets go of what may be another's, since its lease was not renewed; those of which a handler has records in hand. Where none has, the
    /// next read finds out.
    /// </summary>
    public List<HeldPartition> RemoveEnded(TimeSpan now)
    {
        lock (gate)
        {
            List<HeldPartition> ended = [.. held.Values.Where(h => h.EndsAt <= now)];
            ended.ForEach(h => h.Drop());
            return ended.FindAll(Remove);
        }

        bool Remove(HeldPartition h) => h.InHand.Count > 0 && this.Remove(h);
    }

    /// <summary>Nothing more begins, and what no handler has begun is left to others.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            foreach (var partition in held.Values)
                partition.Drop();
        }
    }

    /// <summary>Whether a handler has records of it in hand, so that somebody must be told.</summary>
    private bool Remove(HeldPartition partition)
    {
        if (held.TryGetValue(partition.Partition, out var there) && there == partition)
            held.Remove(partition.Partition);
        var isNew = !partition.IsGone;
        partition.Leave();
        return isNew && partition.InHand.Count > 0;
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>A read, and where each partition was when it was planned, in the order of its tokens.</summary>
internal sealed record PlannedRead(GroupRead Read, List<(HeldPartition Partition, long Next)> Own);
