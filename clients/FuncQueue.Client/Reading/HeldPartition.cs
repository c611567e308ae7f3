namespace FuncQueue.Client.Reading;

/// <summary>
/// A partition while it is this reader's own: what was read ahead, what is in a handler's hands, how far it was handled and committed. Not
/// thread-safe: the run guards it.
/// </summary>
internal sealed class HeldPartition
{
    private readonly Queue<TopicRecord> waiting = new();
    private readonly CancellationTokenSource fenced = new();
    private string token;
    private long tokenOffset;

    public HeldPartition(int partition, string token, long nextOffset, IReadOnlyList<TopicRecord> records)
    {
        (Partition, this.token, tokenOffset, Next) = (partition, token, nextOffset, nextOffset);
        foreach (var record in records)
            waiting.Enqueue(record);
        Handled = records.Count > 0 ? records[0].Offset : nextOffset;
        // Where nothing came, what is committed may lie before offsets that compaction has removed: said once, it is known.
        Committed = records.Count > 0 ? Handled : -1;
    }

    public int Partition { get; }

    /// <summary>Cancelled when it is another's.</summary>
    public CancellationToken Fenced => fenced.Token;

    /// <summary>Whether it is not this reader's own any more, in whatever way that came about.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Whether another member waits for it: nothing more is begun.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>What a handler has, or will have once more after a pause; empty: nothing.</summary>
    public IReadOnlyList<TopicRecord> InHand { get; private set; } = [];

    public int Waiting => waiting.Count;

    /// <summary>The offset behind all that waits or is in hand: where the next read goes on.</summary>
    public long Next { get; private set; }

    /// <summary>Everything before this offset was handled.</summary>
    public long Handled { get; private set; }

    /// <summary>Everything before this offset is committed, as the server said.</summary>
    public long Committed { get; set; }

    /// <summary>When the lease ends at the earliest, on our clock.</summary>
    public TimeSpan EndsAt { get; set; }

    /// <summary>Whether nothing is left to do before it can be handed over.</summary>
    public bool IsSettled => InHand.Count == 0 && waiting.Count == 0 && Handled == Committed;

    /// <summary>What the next read goes on behind.</summary>
    public string After => TokenAt(Next);

    /// <summary>What is to be committed; null: nothing.</summary>
    public string? ToCommit => Handled > Committed ? TokenAt(Handled) : null;

    /// <summary>Takes what a read brought that went on behind <see cref="Next"/>.</summary>
    public void Add(string nextToken, long nextOffset, IReadOnlyList<TopicRecord> records)
    {
        foreach (var record in records)
            waiting.Enqueue(record);
        (token, tokenOffset, Next) = (nextToken, nextOffset, nextOffset);
        if (InHand.Count == 0 && waiting.Count == 0)
            Handled = Next;
    }

    /// <summary>Puts up to so many records into a handler's hands; false: there are none, or none may be begun.</summary>
    public bool TryTake(int most)
    {
        if (IsGone || IsWanted || InHand.Count > 0 || waiting.Count == 0)
            return false;
        var batch = new List<TopicRecord>(Math.Min(most, waiting.Count));
        while (batch.Count < most && waiting.TryDequeue(out var record))
            batch.Add(record);
        InHand = batch;
        return true;
    }

    /// <summary>What was in hand is handled.</summary>
    public void Done()
    {
        InHand = [];
        // Offsets that were removed by compaction lie between records, and behind the last one.
        Handled = waiting.TryPeek(out var next) ? next.Offset : Next;
    }

    /// <summary>What was in hand is not handled, and is left to whoever reads next; so is what is behind it.</summary>
    public void PutBack()
    {
        if (InHand.Count > 0)
            Next = InHand[0].Offset;
        InHand = [];
        waiting.Clear();
    }

    /// <summary>Whether another member waits for it. Then it gets what no handler has begun.</summary>
    public void Want(bool isWanted)
    {
        IsWanted = isWanted;
        if (isWanted)
            Drop();
    }

    /// <summary>Forgets what no handler has begun.</summary>
    public void Drop()
    {
        if (waiting.TryPeek(out var first))
            Next = first.Offset;
        waiting.Clear();
    }

    /// <summary>It is another's.</summary>
    public void Leave()
    {
        IsGone = true;
        waiting.Clear();
    }

    /// <summary>Tells the handler so; completes when those who asked to be called back were.</summary>
    public Task FenceAsync() => fenced.CancelAsync();

    private string TokenAt(long offset) =>
        offset == tokenOffset ? token : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{token}@{offset}");
}
