using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FuncQueue.Engine.Deduplication;

/// <summary>What two messages must have in common to be one: 128 bits of a SHA-256 over an id, or over body and attributes.</summary>
internal readonly record struct DeduplicationKey(UInt128 Bits)
{
    public const int Bytes = 16;

    public static DeduplicationKey OfId(string id) => Of(SHA256.HashData(Encoding.UTF8.GetBytes("id:" + id)));

    /// <summary>Of a batch of so many messages that share it: never that of a single message, nor of another number of them.</summary>
    public static DeduplicationKey OfBatch(string id, int count) =>
        Of(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"batch:{count}:{id}"))));

    /// <summary>The same key within a group: where groups may lie in different shards, each deduplicates for itself.</summary>
    public DeduplicationKey Within(string group)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[Bytes];
        CopyTo(bytes);
        hash.AppendData("group:"u8);
        hash.AppendData(bytes);
        hash.AppendData(Encoding.UTF8.GetBytes(group));
        return Of(hash.GetHashAndReset());
    }

    public static DeduplicationKey OfContent(ReadOnlySpan<byte> body, IReadOnlyDictionary<string, string> attributes)
    {
        using var hash = StartContent(attributes);
        hash.AppendData(body);
        return Of(hash.GetHashAndReset());
    }

    /// <summary>The hash of a message's content up to its body, whose bytes are to be appended.</summary>
    public static IncrementalHash StartContent(IReadOnlyDictionary<string, string> attributes)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("content:"u8);
        Append(hash, attributes.Count);
        foreach (var (name, value) in attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            // Lengths first, so that no two sets of attributes run into the same bytes.
            Append(hash, name);
            Append(hash, value);
        }

        return hash;
    }

    public static DeduplicationKey Of(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash));

    public void CopyTo(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);

    /// <summary>The shard that decides about this key, of those that the queue was created with: it never changes.</summary>
    public int HomeShard(int shards) => (int)(Bits % (uint)shards);

    public override string ToString() => Bits.ToString("x32", CultureInfo.InvariantCulture);

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
