using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.LocalHost.Http;

/// <summary>
/// Ends connections whose callers send next to nothing, a byte at a time, to keep them (slowloris). In Azure the platform's front end does
/// this: it hands a request on only when its headers are complete, and ends those that stall.
/// </summary>
internal sealed record SlowCallers(TimeSpan HeadersTimeout, TimeSpan Grace)
{
    /// <summary>The setting for how many seconds the headers of a request may take.</summary>
    public const string HeadersSetting = "LocalHost:HeadersTimeoutSeconds";

    /// <summary>The setting for how many seconds a body, or the reading of an answer, may be slower than 1 KiB/s.</summary>
    public const string GraceSetting = "LocalHost:SlowBodySeconds";

    private const double BytesPerSecond = 1024;

    /// <summary>As configured; <see cref="StartUpException"/> for what is out of range.</summary>
    public static SlowCallers From(IConfiguration configuration) =>
        new(Seconds(configuration, HeadersSetting, 15), Seconds(configuration, GraceSetting, 10));

    public void Limit(KestrelServerLimits limits)
    {
        var rate = new MinDataRate(BytesPerSecond, Grace);
        limits.RequestHeadersTimeout = HeadersTimeout;
        limits.MinRequestBodyDataRate = rate;
        limits.MinResponseDataRate = rate;
    }

    // Kestrel looks once a second, and takes no grace of a second or less.
    private static TimeSpan Seconds(IConfiguration configuration, string setting, int otherwise)
    {
        if (configuration[setting] is not { Length: > 0 } text)
            return TimeSpan.FromSeconds(otherwise);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 2 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new StartUpException($"The setting {setting} must be 2 to 3600 seconds.");
    }
}
