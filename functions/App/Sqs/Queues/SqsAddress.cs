using FuncQueue.Engine;
using FuncQueue.Functions.Http;

namespace FuncQueue.Functions.Sqs;

/// <summary>URLs and ARNs of queues: <c>https://host/sqs/000000000000/orders</c>, <c>arn:aws:sqs:us-east-1:000000000000:orders</c>.</summary>
/// <param name="Base">The address of the endpoint as the caller reached it, without a slash at its end.</param>
internal sealed record SqsAddress(string Base, string Region, string AccountId)
{
    /// <summary>The path of the endpoint, without slashes.</summary>
    public const string Path = "sqs";

    /// <summary>Where the HTTP API is reached.</summary>
    public string HttpApi => Base[..^(Path.Length + 1)];

    public static SqsAddress Of(HttpRequest request, SqsOptions options) =>
        new($"{CallerAddress.Of(request, "/" + Path)}/{Path}", options.Region, options.AccountId);

    public string UrlOf(QueueName queue) => $"{Base}/{AccountId}/{queue}";

    public string ArnOf(QueueName queue) => $"arn:aws:sqs:{Region}:{AccountId}:{queue}";

    /// <summary>
    /// The queue of a URL, of whatever host: queues are known under several. An account and a name alone, or a name alone, will do, as
    /// some clients send them.
    /// </summary>
    public SqsQueueReference Parse(string url)
    {
        var path = url;
        if (url.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                return new SqsQueueReference(null, SqsErrors.InvalidAddress(url));
            path = uri.AbsolutePath;
        }

        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length switch
        {
            0 => new SqsQueueReference(null, SqsErrors.InvalidAddress(url)),
            1 => Named(segments[0]),
            _ => segments[^2] == AccountId ? Named(segments[^1]) : new SqsQueueReference(null, SqsErrors.QueueDoesNotExist),
        };
    }

    /// <summary>The queue of an ARN of this account and region; null for anything else.</summary>
    public QueueName? ParseArn(string arn)
    {
        var prefix = $"arn:aws:sqs:{Region}:{AccountId}:";
        return arn.StartsWith(prefix, StringComparison.Ordinal) && QueueName.TryParse(arn[prefix.Length..], out var queue) ? queue : null;
    }

    private static SqsQueueReference Named(string name) =>
        QueueName.TryParse(name, out var queue) ? new SqsQueueReference(queue, null) : new SqsQueueReference(null, SqsErrors.QueueDoesNotExist);
}

/// <summary>The queue that a request names, or why it names none.</summary>
internal sealed record SqsQueueReference(QueueName? Queue, SqsError? Error);
