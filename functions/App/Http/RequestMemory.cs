using FuncQueue.Engine;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Http;

/// <summary>
/// Bounds what the requests under way hold in memory together, however many there are: one that does not fit is refused before its body
/// is read. Small ones always fit, acknowledgements above all: refused, they would only bring their messages back.
/// </summary>
public sealed class RequestMemory
{
    /// <summary>The setting, in bytes.</summary>
    public const string Setting = "FuncQueue:MaxRequestMemory";

    /// <summary>Up to here a request counts for nothing.</summary>
    internal const long Small = 64 * 1024;

    /// <summary>What a body takes that goes to a blob, or comes from one, a block at a time.</summary>
    internal const long Streamed = (4 * 1024 * 1024) + Small;

    private const long Default = 256L * 1024 * 1024;

    private readonly long limit;
    private long taken;

    /// <summary><see cref="ArgumentException"/> when there would not be room for one long body.</summary>
    internal RequestMemory(long limit)
    {
        if (limit < Streamed)
            throw new ArgumentException($"The setting {Setting} must be at least {Streamed}.", nameof(limit));
        this.limit = limit;
    }

    internal static RequestMemory From(IConfiguration configuration) => new(configuration.GetValue(Setting, Default));

    internal long Taken => Interlocked.Read(ref taken);

    /// <summary>Room for one request, given back when its answer has been sent.</summary>
    internal void Open(HttpRequest request)
    {
        var room = new Room(this);
        request.HttpContext.Features.Set(room);
        request.HttpContext.Response.RegisterForDispose(room);
    }

    /// <summary>What one request holds.</summary>
    internal sealed class Room(RequestMemory memory) : IDisposable
    {
        private long held;

        public static Room Of(HttpRequest request) =>
            request.HttpContext.Features.Get<Room>() ?? throw new InvalidOperationException("The request was not begun.");

        /// <summary>
        /// Holds <paramref name="bytes"/> in all, unless it holds more already; throws <see cref="OutOfRoomException"/> when they are not
        /// to be had.
        /// </summary>
        public void Hold(long bytes)
        {
            if (bytes <= Small || bytes <= held)
                return;
            var more = bytes - held;
            if (Interlocked.Add(ref memory.taken, more) > memory.limit)
            {
                Interlocked.Add(ref memory.taken, -more);
                throw new OutOfRoomException();
            }

            held = bytes;
        }

        /// <summary>Throws <see cref="OutOfRoomException"/> when nothing is left at all; for what cannot be refused later.</summary>
        public void RequireSome()
        {
            if (memory.Taken >= memory.limit)
                throw new OutOfRoomException();
        }

        /// <summary>Holds bytes that are there already, whether they fit or not: others are refused then.</summary>
        public void HoldAnyway(long bytes)
        {
            held += bytes;
            Interlocked.Add(ref memory.taken, bytes);
        }

        public void Dispose()
        {
            Interlocked.Add(ref memory.taken, -held);
            held = 0;
        }
    }
}

/// <summary>The requests under way hold as much memory as they may.</summary>
internal sealed class OutOfRoomException() : Exception("No memory is left for this request.")
{
    public Failure Failure { get; } = new Failure.Overloaded(TimeSpan.FromSeconds(1));
}
