using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Http;

/// <summary>
/// The longest body that may come with a Content-Length. The Functions host holds such a body in memory twice before it hands it on, and
/// passes on one that comes in chunks as it arrives: on a small instance, long bodies must come chunked.
/// </summary>
internal sealed class MeasuredBodies
{
    /// <summary>The setting, in bytes.</summary>
    public const string Setting = "FuncQueue:MaxBodyByLength";

    private readonly long limit;

    /// <summary>
    /// <see cref="ArgumentException"/> for a limit that would refuse bodies which never go to a blob, or is above the longest of all.
    /// </summary>
    public MeasuredBodies(long limit)
    {
        if (limit is < 1024 * 1024 or > Limits.MaxBodyBytes)
            throw new ArgumentException($"The setting {Setting} must be {1024 * 1024} to {Limits.MaxBodyBytes}.", nameof(limit));
        this.limit = limit;
    }

    public static MeasuredBodies From(IConfiguration configuration) => new(configuration.GetValue(Setting, (long)Limits.MaxBodyBytes));

    /// <summary>The refusal of a body for its told length; null when it is taken.</summary>
    public IResult? Refuse(HttpRequest request)
    {
        if (request.ContentLength is not { } length || length <= limit)
            return null;
        return length > Limits.MaxBodyBytes
            ? Problems.From(new Failure.MessageTooLarge())
            : Problems.From(
                new Failure.MessageTooLarge(),
                $"With a Content-Length a body has at most {limit} bytes here. Send it chunked (Transfer-Encoding: chunked): "
                    + $"up to {Limits.MaxBodyBytes}."
            );
    }
}
