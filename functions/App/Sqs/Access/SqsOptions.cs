using FuncQueue.Functions.Access;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Sqs.Access;

/// <summary>Whether requests without a signature are taken.</summary>
internal enum UnsignedRequests
{
    Never,

    /// <summary>Taken while there is no key, neither in the settings nor made; signatures are then not looked at either.</summary>
    WithoutKeys,

    Always,
}

/// <summary>The settings of the SQS protocol, from the configuration section <c>FuncQueueSqs</c>.</summary>
internal sealed record SqsOptions
{
    /// <summary>The section of these settings.</summary>
    public const string Section = "FuncQueueSqs";

    /// <summary>The account in queue URLs and ARNs: 12 digits.</summary>
    public string AccountId { get; init; } = "000000000000";

    /// <summary>The region in ARNs. Signatures may name any.</summary>
    public string Region { get; init; } = "us-east-1";

    public UnsignedRequests Unsigned { get; init; } = UnsignedRequests.Never;

    /// <summary>By id.</summary>
    public IReadOnlyDictionary<string, AccessKey> Keys { get; init; } = new Dictionary<string, AccessKey>();

    /// <summary>Whether anybody may do anything as far as the settings say: for a queue on a laptop.</summary>
    public bool IsOpen => Unsigned == UnsignedRequests.WithoutKeys && Keys.Count == 0;

    /// <summary>Reads and checks the settings; throws <see cref="ArgumentException"/> naming the first that is wrong.</summary>
    public static SqsOptions Read(IConfiguration configuration, AccessPlace place)
    {
        var section = configuration.GetSection(Section);
        var defaults = new SqsOptions();
        var options = new SqsOptions
        {
            AccountId = section[nameof(AccountId)] ?? defaults.AccountId,
            Region = section[nameof(Region)] ?? defaults.Region,
            Unsigned = ReadUnsigned(section[nameof(Unsigned)]),
            Keys = section
                .GetSection(nameof(Keys))
                .GetChildren()
                .Select(AccessKey.Read)
                .ToLookup(k => k.Id, StringComparer.Ordinal)
                .ToDictionary(
                    k => k.Key,
                    k => k.Count() == 1 ? k.Single() : throw Wrong(nameof(Keys), $"has the id {k.Key} more than once")
                ),
        };
        if (options.Unsigned == UnsignedRequests.Always && !place.IsLocal)
            throw Wrong(nameof(Unsigned), "must not be always behind a Functions host, where anybody might come by");
        if (options.AccountId.Length != 12 || !options.AccountId.All(char.IsAsciiDigit))
            throw Wrong(nameof(AccountId), "must be 12 digits");
        if (options.Region.Length == 0 || !options.Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw Wrong(nameof(Region), "must be lower-case letters, digits and hyphens");
        return options;
    }

    /// <summary>A setting that cannot be used; values are not repeated, since they may be secrets.</summary>
    public static ArgumentException Wrong(string setting, string rule) => new($"The setting {Section}:{setting} {rule}.");

    private static UnsignedRequests ReadUnsigned(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return UnsignedRequests.Never;
        return
            Enum.TryParse<UnsignedRequests>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
            ? value
            : throw Wrong(nameof(Unsigned), "must be never, withoutKeys or always");
    }
}
