namespace FuncQueue.Engine.Topics.Filters;

/// <summary>Where in a trie a key has got to: the places before a word, and those after it, each once.</summary>
internal sealed class TriePlaces(int places)
{
    private readonly int[] steps = new int[places];
    private int[] current = new int[places];
    private int[] next = new int[places];
    private int step = 1;
    private int currents;
    private int nexts;

    public ReadOnlySpan<int> Current => current.AsSpan(0, currents);

    /// <summary>Goes back to where there are no places; it is called after a step, so that none are left over.</summary>
    public void Restart() => Step();

    /// <summary>Adds a place to those after the word; false where it is there already.</summary>
    public bool Add(int place)
    {
        if (steps[place] == step)
            return false;
        steps[place] = step;
        next[nexts++] = place;
        return true;
    }

    /// <summary>Goes on to the next word.</summary>
    public void Step()
    {
        (current, next) = (next, current);
        (currents, nexts) = (nexts, 0);
        if (++step == int.MaxValue)
        {
            Array.Clear(steps);
            step = 1;
        }
    }
}
