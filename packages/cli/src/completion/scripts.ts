/**
 * Scripts that make a shell call `cloudctl --get-yargs-completions`. SHELL is set because yargs chooses its output format by
 * it, and the login shell may differ from the one that reads the script.
 */
export const COMPLETION_SCRIPTS = {
  bash: `# source <(cloudctl completion bash)
_cloudctl() {
  local words
  mapfile -t words < <(SHELL=bash cloudctl --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  mapfile -t COMPREPLY < <(IFS=$'\\n'; compgen -W "\${words[*]}" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -F _cloudctl cloudctl
`,
  zsh: `#compdef cloudctl
# source <(cloudctl completion zsh), after compinit
_cloudctl() {
  local -a replies
  replies=("\${(@f)$(SHELL=zsh cloudctl --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  _describe cloudctl replies
}
if [ "\${funcstack[1]}" = _cloudctl ]; then _cloudctl "$@"; else compdef _cloudctl cloudctl; fi
`,
  fish: `# cloudctl completion fish > ~/.config/fish/completions/cloudctl.fish
function __cloudctl_complete
    set -l current (commandline -ct)
    env SHELL=fish cloudctl --get-yargs-completions (commandline -opc) "$current" 2>/dev/null
end
complete -c cloudctl -f -a '(__cloudctl_complete)'
`,
} as const;

export type Shell = keyof typeof COMPLETION_SCRIPTS;

export const SHELLS = Object.keys(COMPLETION_SCRIPTS) as Shell[];
