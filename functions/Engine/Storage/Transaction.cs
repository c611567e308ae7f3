using Azure;
using Azure.Data.Tables;

namespace FuncQueue.Engine.Storage;

/// <summary>Operations in one shard that are carried out together or not at all, each with its owner.</summary>
internal sealed class Transaction
{
    private readonly List<TableTransactionAction> operations = [];
    private readonly List<WriteOwner> owners = [];

    public IReadOnlyList<TableTransactionAction> Operations => operations;

    /// <summary>Bytes that it writes, about.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether storage takes it.</summary>
    public bool Fits => operations.Count <= ShardTable.MaxOperations && Bytes <= ShardTable.MaxTransactionBytes;

    /// <summary>Adds an operation; the first one of an owner is the one whose ETag is told.</summary>
    public void Add(WriteOwner owner, TableTransactionAction operation, int bytes = 0)
    {
        operations.Add(operation);
        owners.Add(owner);
        Bytes += bytes;
    }

    /// <summary>Whom an operation belongs to, by its place.</summary>
    public WriteOwner OwnerOf(int operation) => owners[Math.Min(operation, owners.Count - 1)];

    /// <summary>The place of an owner's first operation.</summary>
    public int PlaceOf(WriteOwner owner) => owners.FindIndex(o => ReferenceEquals(o, owner));

    /// <summary>Each owner and the ETag of its first operation.</summary>
    public IEnumerable<(WriteOwner Owner, ETag ETag)> Firsts(IReadOnlyList<ETag> etags)
    {
        for (var i = 0; i < owners.Count; i++)
        {
            // An owner's operations stand together.
            if (i == 0 || !ReferenceEquals(owners[i], owners[i - 1]))
                yield return (owners[i], etags[i]);
        }
    }
}

/// <summary>How a transaction ended, as its owners are told.</summary>
internal abstract record WriteResult
{
    private WriteResult() { }

    /// <summary>All of it happened.</summary>
    public sealed record Done(Transaction Written, IReadOnlyList<ETag> ETags) : WriteResult
    {
        /// <summary>Each owner and the ETag of its first operation, in the order in which they were added.</summary>
        public IEnumerable<(WriteOwner Owner, ETag ETag)> ByOwner => Written.Firsts(ETags);

        /// <summary>The ETag of the first operation of an owner.</summary>
        public ETag ETagOf(WriteOwner owner) => ETags[Written.PlaceOf(owner)];
    }

    /// <summary>Nothing happened: what this owner wanted to write is not as it took it to be.</summary>
    public sealed record Conflict(WriteOwner Owner) : WriteResult;

    /// <summary>Anything else.</summary>
    public sealed record Failed(StorageFault Fault) : WriteResult;
}
